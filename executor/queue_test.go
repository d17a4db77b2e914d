package executor

import (
	"strings"
	"testing"
	"time"

	"surefoot/plan"
)

// queuePlan exchanges the tables in a second session, which waits behind the lock of the first.
func queuePlan(queued string) *plan.Plan {
	p := copyPlan()
	s := p.Steps[5].CutOver
	s.Atomic = false
	s.Queue = append(append([]string{"BEGIN IMMEDIATE"}, s.SQL...), "COMMIT")
	s.Queued, s.SQL = queued, nil
	return p
}

func TestSwapInASecondSession(t *testing.T) {
	d := fresh(t)
	orders(t, d, 1000)
	if out, err := Run(t.Context(), d, queuePlan("SELECT 1"), quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if out, err := Finish(t.Context(), d, "", quick()); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders orders_sf_name", "TEXT")
}

// The second session never stands in the queue: both are given up, and nothing has happened.
func TestSwapThatIsNeverQueued(t *testing.T) {
	d := fresh(t)
	orders(t, d, 1000)
	w := write(t, d)
	o := quick()
	o.LockTimeout, o.Tries = 50*time.Millisecond, 3
	out, err := Run(t.Context(), d, queuePlan("SELECT 0"), o)
	if out.State != Failed || err == nil || !strings.Contains(err.Error(), "no lock on orders in 3 tries") {
		t.Fatalf("%+v %v", out, err)
	}
	if out, err = Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	w.end()
	d.whole(t, "orders", "INTEGER")
}
