package conform

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
	"surefoot/plan"
)

// Change is a change of a table that is at rest.
type Change struct {
	Name  string
	Setup []string // makes the table and its rows
	SQL   string
	Table string // the table to look at afterwards; empty: t
	Was   string // its name before; empty: the same
	Order string // an ORDER BY that makes the order of its rows certain; empty: id
	// Copies: the plan must contain a table copy. Steps that lose data have no way back.
	Copies bool
}

// Changes plans each change both ways, runs both, and compares what they leave. Then it runs the
// safe plan again and rolls it back after each of its steps.
func Changes(t *testing.T, e Engine, cases []Change) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Table == "" {
				c.Table = "t"
			}
			if c.Was == "" {
				c.Was = c.Table
			}
			if c.Order == "" {
				c.Order = "id"
			}
			c.bothWays(t, e)
			c.backFromEach(t, e)
		})
	}
}

func (c Change) bothWays(t *testing.T, e Engine) {
	native := e.database(t, c.Setup...)
	native.finish(native.plan(c.SQL, plan.Window))
	safe := e.database(t, c.Setup...)
	p := safe.plan(c.SQL, plan.Safe)
	if c.Copies != copies(p) {
		t.Errorf("the plan copies the table: %v, want %v", copies(p), c.Copies)
	}
	safe.finish(p)
	want, got := native.state(c.Table, c.Order), safe.state(c.Table, c.Order)
	if diff := cmp.Diff(want.definition, got.definition); diff != "" {
		t.Errorf("definition (-native +safe):\n%s", diff)
	}
	if diff := cmp.Diff(want.rows, got.rows); diff != "" {
		t.Errorf("rows (-native +safe):\n%s", diff)
	}
	native.clean()
	safe.clean()
}

func copies(p *plan.Plan) bool {
	for _, s := range p.Steps {
		if s.CutOver != nil {
			return true
		}
	}
	return false
}

// backFromEach stops a run after each step that can be taken back, and rolls it back.
func (c Change) backFromEach(t *testing.T, e Engine) {
	probe := e.database(t, c.Setup...)
	p := probe.plan(c.SQL, plan.Safe)
	for i, step := range p.Steps {
		if step.NoReturn {
			return
		}
		d := probe
		if i > 0 {
			d = e.database(t, c.Setup...)
			p = d.plan(c.SQL, plan.Safe)
		}
		before := d.state(c.Was, c.Order)
		out := d.stopAfter(p, p.Steps[i].ID)
		if out.State == executor.Finished {
			return
		}
		back, err := executor.Rollback(t.Context(), d.live, out.ID, executor.Options{})
		if err != nil || back.State != executor.RolledBack {
			t.Fatalf("roll back after step %s: %s %v", step.ID, back.State, err)
		}
		after := d.state(c.Was, c.Order)
		if diff := cmp.Diff(before.definition, after.definition); diff != "" {
			t.Errorf("definition after rolling back from step %s (-before +after):\n%s", step.ID, diff)
		}
		if diff := cmp.Diff(before.rows, after.rows); diff != "" {
			t.Errorf("rows after rolling back from step %s (-before +after):\n%s", step.ID, diff)
		}
		d.clean()
	}
}

// stopAfter runs a plan until a step is done.
func (d *database) stopAfter(p *plan.Plan, step string) executor.Outcome {
	d.t.Helper()
	ctx, stop := context.WithCancel(d.t.Context())
	defer stop()
	var once sync.Once
	reached := false
	opts := executor.Options{Failpoint: func(point string) {
		if strings.HasPrefix(point, step+":done") {
			once.Do(func() { reached = true; stop() })
		}
	}}
	out, err := executor.Run(ctx, d.live, p, opts)
	for range 50 {
		if reached || out.State == executor.Finished {
			return out
		}
		if err != nil {
			d.t.Fatalf("run until step %s: %v", step, err)
		}
		if out.State != executor.Held {
			d.t.Fatalf("the run stands in state %s before step %s", out.State, step)
		}
		out, err = executor.Continue(ctx, d.live, out.ID, opts)
	}
	return out
}
