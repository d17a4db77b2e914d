package executor

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"surefoot/schema"
)

// background starts a run and gives its end; a run that hangs is told apart from one that is slow.
func background(ctx context.Context, d *database, o Options) func() (Outcome, error) {
	var out Outcome
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		out, err = Run(ctx, d, copyPlan(), o)
	}()
	return func() (Outcome, error) {
		select {
		case <-ended:
			return out, err
		case <-time.After(3 * time.Minute):
			return Outcome{}, errors.New("the run does not end")
		}
	}
}

// heldAtCutOver gives a database whose run holds before its cut-over, without a process.
func heldAtCutOver(t *testing.T) (*database, Outcome) {
	t.Helper()
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.Hold = []schema.Phase{schema.CutOver}
	out, err := Run(t.Context(), d, copyPlan(), o)
	if err != nil || out.State != Held {
		t.Fatalf("%+v %v", out, err)
	}
	return d, out
}

// becomes waits until the only run has a state.
func (d *database) becomes(t *testing.T, want State) RunStatus {
	t.Helper()
	var last []RunStatus
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); {
		all, err := Status(t.Context(), d, "")
		if err == nil && len(all) == 1 && all[0].State == want {
			return all[0]
		}
		last = all
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the run does not become %s: %+v", want, last)
	return RunStatus{}
}

func TestHoldEndsTheProcessAndContinueGoesOn(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	w := write(t, d)
	o := quick()
	o.Hold = []schema.Phase{schema.CutOver}
	out, err := Run(t.Context(), d, copyPlan(), o)
	if err != nil || out.State != Held || out.Until != "continue" || out.Step != "06-cut-over" {
		t.Fatalf("%+v %v", out, err)
	}
	if s := d.status(t); s.State != Held || s.Hold == "" || s.Step != "06-cut-over" {
		t.Errorf("%+v", s)
	}
	if out, err = Run(t.Context(), d, copyPlan(), quick()); err != nil || out.State != Held {
		t.Fatalf("a hold was forgotten: %+v %v", out, err)
	}
	var refused *Refused
	if _, err = Finish(t.Context(), d, "", quick()); !errors.As(err, &refused) {
		t.Fatalf("finish at another hold: %v", err)
	}
	if out, err = Continue(t.Context(), d, "", quick()); err != nil || out.State != AfterCutOver || out.Until != "finish" {
		t.Fatalf("%+v %v", out, err)
	}
	if _, err = Continue(t.Context(), d, "", quick()); !errors.As(err, &refused) {
		t.Fatalf("continue instead of finish: %v", err)
	}
	if out, err = Finish(t.Context(), d, "", quick()); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
	w.end()
	if _, err = Rollback(t.Context(), d, out.ID, quick()); !errors.As(err, &refused) {
		t.Fatalf("rollback after finish: %v", err)
	}
}

func TestWaitsAtHoldsAndKeepsTheOldTableCurrent(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	w := write(t, d)
	o := quick()
	o.Wait = true
	end := background(t.Context(), d, o)
	d.becomes(t, AfterCutOver)
	time.Sleep(1500 * time.Millisecond)
	if n := d.number(t, "SELECT count(*) FROM orders_sf_rev"); n > 50 {
		t.Errorf("%d changes wait while the run waits", n)
	}
	out, err := Finish(t.Context(), d, "", quick())
	if err != nil || out.By == "" && out.State != Finished { // the process that waits does it, perhaps at once
		t.Fatalf("%+v %v", out, err)
	}
	if out, err = end(); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
	w.end()
	d.whole(t, "orders orders_sf_name", "TEXT")
}

func TestLiveRunIsRolledBack(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	w := write(t, d)
	o := quick()
	o.Wait = true
	end := background(t.Context(), d, o)
	d.becomes(t, AfterCutOver)
	if err := Send(t.Context(), d, "", Command{Word: "rollback"}); err != nil {
		t.Fatal(err)
	}
	if out, err := end(); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	w.end()
	d.whole(t, "orders", "INTEGER")
}

func TestKeepOldFinishesByItself(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.KeepOld = time.Second
	if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
}

func TestFinishAtOnceThenAgain(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.Finish = true
	for range 2 { // the second time there is nothing to do
		if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != Finished {
			t.Fatalf("%+v %v", out, err)
		}
	}
	o.Base = "another schema"
	if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
}

// slow lets a run pause in each chunk, for long enough to be told something on any machine.
func slow() Options {
	o := quick()
	o.Failpoint = func(point string) {
		if strings.HasSuffix(point, ":chunk") {
			time.Sleep(400 * time.Millisecond)
		}
	}
	return o
}

func TestPauseAndResume(t *testing.T) {
	d := fresh(t)
	orders(t, d, 20_000)
	w := write(t, d)
	o := slow()
	ctx, cancel := context.WithCancel(t.Context())
	end := background(ctx, d, o)
	d.becomes(t, Running)
	for _, c := range []Command{{Word: "throttle", Ratio: 1}, {Word: "pause"}} {
		if err := Send(t.Context(), d, "", c); err != nil {
			t.Fatal(err)
		}
	}
	d.becomes(t, Paused)
	rows := d.number(t, "SELECT max(rows_done) FROM surefoot_step WHERE pos = 2")
	time.Sleep(500 * time.Millisecond)
	if again := d.number(t, "SELECT max(rows_done) FROM surefoot_step WHERE pos = 2"); again != rows {
		t.Errorf("a paused run copied %d rows", again-rows)
	}
	cancel()
	if out, err := end(); err != nil || out.State != Paused {
		t.Fatalf("%+v %v", out, err)
	}
	end = background(t.Context(), d, quick())
	d.becomes(t, Paused)
	for _, c := range []Command{{Word: "throttle"}, {Word: "resume"}} {
		if err := Send(t.Context(), d, "", c); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := end(); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	w.end()
}

func TestAbortStopsAtOnceAndRunGoesOn(t *testing.T) {
	d := fresh(t)
	orders(t, d, 20_000)
	var refused *Refused
	o := slow()
	end := background(t.Context(), d, o)
	d.becomes(t, Running)
	if err := Send(t.Context(), d, "", Command{Word: "abort"}); err != nil {
		t.Fatal(err)
	}
	if out, err := end(); err != nil || out.State != Stopped {
		t.Fatalf("%+v %v", out, err)
	}
	if err := Send(t.Context(), d, "", Command{Word: "abort"}); !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if err := Send(t.Context(), d, "", Command{Word: "throttle"}); err != nil {
		t.Fatal(err)
	}
	if out, err := Run(t.Context(), d, copyPlan(), quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
}

func TestTwoRunsAtTheSameMoment(t *testing.T) {
	d := fresh(t)
	orders(t, d, 3000)
	w := write(t, d)
	o := quick()
	o.Wait = true // whoever works, stays
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	outs, errs := make([]Outcome, 2), make([]error, 2)
	for i := range 2 {
		wg.Go(func() {
			outs[i], errs[i] = Run(ctx, open(t, d.path), copyPlan(), o)
			var held *HeldBy
			if errors.As(errs[i], &held) {
				d.becomes(t, AfterCutOver)
				cancel()
			}
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("one works and one is told who holds the run: %v, %v", errs[0], errs[1])
	}
	for i, err := range errs {
		if err != nil && !strings.Contains(err.Error(), "is held by another session") {
			t.Error(err)
		}
		if err == nil && outs[i].State != AfterCutOver {
			t.Errorf("%+v", outs[i])
		}
	}
	w.end()
}

func TestAnotherRunOnTheSameTable(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
		t.Fatal(err)
	}
	o := quick()
	o.ID = "other"
	var refused *Refused
	if _, err := Run(t.Context(), d, copyPlan(), o); !errors.As(err, &refused) || !strings.Contains(err.Error(), "cut-over") {
		t.Fatal(err)
	}
	p := copyPlan()
	p.Steps = p.Steps[:3]
	o.ID = ID(copyPlan())
	if _, err := Run(t.Context(), d, p, o); !errors.As(err, &refused) || !strings.Contains(err.Error(), "another plan") {
		t.Fatal(err)
	}
}

func TestDrift(t *testing.T) {
	var drift *Drift
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.Base = "another schema"
	if _, err := Run(t.Context(), d, copyPlan(), o); !errors.As(err, &drift) {
		t.Fatal(err)
	}
	d.exec(t, "CREATE TABLE orders_sf_new (id INTEGER PRIMARY KEY)")
	if _, err := Run(t.Context(), d, copyPlan(), quick()); !errors.As(err, &drift) || !strings.Contains(err.Error(), "not by this run") {
		t.Fatal(err)
	}
	if out, err := Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders orders_sf_new", "INTEGER") // what is not ours stays
}

func TestLag(t *testing.T) {
	d := fresh(t)
	orders(t, d, 1000)
	o := quick()
	var mu sync.Mutex
	asked := 0
	o.MaxLag = time.Second
	o.Lag = func(context.Context) (time.Duration, error) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked == 1 {
			return 0, errors.New("no replica answers")
		}
		return time.Millisecond, nil
	}
	var told []string
	o.Notify = func(e Event) { told = append(told, e.Text) }
	if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if !strings.Contains(strings.Join(told, "\n"), "waits for replicas: their lag cannot be measured: no replica answers") {
		t.Error(told)
	}
}

func TestNoRun(t *testing.T) {
	d := fresh(t)
	var none *NoRun
	if err := Send(t.Context(), d, "", Command{Word: "pause"}); !errors.As(err, &none) {
		t.Error(err)
	}
	if all, err := Status(t.Context(), d, ""); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
}

// TestLastBreath: the session of a process that has ended keeps the run's lock for a while. Who says continue
// meanwhile is not told that somebody was told: the run goes on in his own process.
func TestLastBreath(t *testing.T) {
	d, out := heldAtCutOver(t)
	gone, err := d.Pool().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if holder, err := d.Claim(t.Context(), gone, lockName(out.ID)); err != nil || holder != "" {
		t.Fatal(holder, err)
	}
	time.AfterFunc(2*deathNoticed, func() { discard(gone) })
	if out, err = Continue(t.Context(), d, "", quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
}

// TestNextHold: on a small table a process comes from one hold to the next between two looks of who said
// continue. He is not kept until his patience ends.
func TestNextHold(t *testing.T) {
	at := func(state State, step, hold string) *record {
		return &record{state: string(state), stepID: step, hold: hold}
	}
	held := at(Held, "06-cut-over", "asked")
	for _, c := range []struct {
		now  *record
		want bool
	}{
		{at(Held, "06-cut-over", "asked"), false},
		{at(AfterCutOver, "07-contract", "the old table is kept"), true},
		{at(Failed, "06-cut-over", ""), false},
		{nil, false},
	} {
		if got := wentOn(held, c.now); got != c.want {
			t.Errorf("%+v: %v", c.now, got)
		}
	}
	if wentOn(at(Running, "05-copy", ""), at(Held, "06-cut-over", "asked")) {
		t.Error("a process that comes to its first hold may end there")
	}
}
