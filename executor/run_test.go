package executor

import (
	"testing"
)

func TestRunFromStartToFinish(t *testing.T) {
	d := fresh(t)
	orders(t, d, 20_000)
	out, err := Run(t.Context(), d, copyPlan(), Options{Notify: func(e Event) { t.Logf("%s %s %d %s", e.Kind, e.Step.ID, e.Rows, e.Text) }})
	if err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	out, err = Finish(t.Context(), d, out.ID, Options{})
	if err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
	if got := d.things(t); got != "orders orders_sf_name" {
		t.Errorf("left behind: %s", got)
	}
}
