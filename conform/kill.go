package conform

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
)

// What a process that dies at a point is told beside its database and its plan.
const (
	victimVerb  = "SUREFOOT_VICTIM_VERB"
	victimPoint = "SUREFOOT_VICTIM_POINT"
)

// died is the exit code of a process that died at its point.
const died = 137

// points gathers the points where a process may die.
type points struct {
	mu  sync.Mutex
	all []string
}

func (p *points) trip(point string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.all, point) {
		p.all = append(p.all, point)
	}
}

// killedEverywhere kills processes that run a plan past its hold, at every point, and then processes
// that roll it back from the last step that has a way back.
func (c Rename) killedEverywhere(t *testing.T, e Engine) {
	native := e.database(t, c.Setup...)
	native.finish(native.plan(c.SQL, plan.Window))
	d, p := c.planned(t, e)
	for _, point := range c.pointsOf(t, e, "run", "") {
		d.dies(p, "run", point)
	}
	d.dies(p, "run", "")
	if diff := cmp.Diff(c.unordered(native.state("t", "id").definition), c.unordered(d.state("t", "id").definition)); diff != "" {
		t.Errorf("definition after kills (-native +safe):\n%s", diff)
	}
	d.clean()

	d, p = c.planned(t, e)
	before := d.state("t", "id")
	last := ""
	for _, s := range p.Steps {
		if s.NoReturn {
			break
		}
		last = s.ID
	}
	d.stopAfter(p, last)
	for _, point := range c.pointsOf(t, e, "rollback", last) {
		d.dies(p, "rollback", point)
	}
	d.dies(p, "rollback", "")
	after := d.state("t", "id")
	if diff := cmp.Diff(c.unordered(before.definition), c.unordered(after.definition)); diff != "" || before.rows != after.rows {
		t.Errorf("after a rollback with kills (-before +after):\n%s", diff)
	}
	d.clean()
}

func (c Rename) planned(t *testing.T, e Engine) (*database, *plan.Plan) {
	d := e.database(t, c.Setup...)
	return d, d.planWith(c.SQL, planner.Options{Mode: plan.Safe, Limits: c.Limits})
}

// pointsOf runs a plan, or rolls it back after a step, in a database of its own.
func (c Rename) pointsOf(t *testing.T, e Engine, verb, after string) []string {
	d, p := c.planned(t, e)
	var seen points
	if verb == "rollback" {
		d.stopAfter(p, after)
	}
	if err := act(t.Context(), d.live, p, verb, executor.Options{Failpoint: seen.trip}); err != nil {
		t.Fatal(err)
	}
	return seen.all
}

// act runs a plan past its holds, or rolls it back.
func act(ctx context.Context, db Database, p *plan.Plan, verb string, opts executor.Options) error {
	if verb == "rollback" {
		_, err := executor.Rollback(ctx, db, executor.ID(p), opts)
		return err
	}
	out, err := executor.Run(ctx, db, p, opts)
	for err == nil && out.State == executor.Held {
		out, err = executor.Continue(ctx, db, out.ID, opts)
	}
	return err
}

// dies starts a process that works on a plan and dies at a point; empty: it comes to the end.
func (d *database) dies(p *plan.Plan, verb, point string) {
	d.t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		d.t.Fatal(err)
	}
	file := filepath.Join(d.t.TempDir(), "plan.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.CommandContext(d.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimURL+"="+d.url, victimPlan+"="+file, victimVerb+"="+verb, victimPoint+"="+point)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == died && point != "" {
		return
	}
	if err != nil {
		d.t.Fatalf("%s until %q: %v: %s", verb, point, err, out)
	}
}
