package conform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
)

// LiveCase is a change of a table that is being written to.
type LiveCase struct {
	Name    string
	Shape   load.Shape
	Rows    int64
	Rate    float64  // writes a second; 0: as many as go
	Writers int      // 0: 8
	Setup   []string // further statements after the table (called live) was made and filled
	SQL     string   // about the table live
	Kills   int      // how often the run is killed at a random moment
	// Rollback: once the new table serves, the run is rolled back under the same load.
	Rollback bool
}

// Live changes tables under load.
func Live(t *testing.T, e Engine, cases []LiveCase) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t, e) })
	}
}

func (c LiveCase) run(t *testing.T, e Engine) {
	d := e.database(t)
	if err := load.Seed(t.Context(), d.pool, e.Name, c.Shape, "live", c.Rows); err != nil {
		t.Fatal(err)
	}
	d.exec(c.Setup...)
	before, err := load.Definition(t.Context(), d.pool, e.Name, "live")
	if err != nil {
		t.Fatal(err)
	}
	d.open()
	p := d.plan(c.SQL, plan.Safe)
	l, err := load.Start(t.Context(), load.Options{URL: d.url, Table: "live", Shape: c.Shape, Rows: c.Rows, Rate: c.Rate, Writers: c.Writers})
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			_, _ = l.Stop() // the test has failed already
		}
	}()
	c.killed(t, d, p)
	if c.Rollback {
		d.cutOver(p)
		time.Sleep(500 * time.Millisecond) // writes that only the new table has seen
		out, err := executor.Rollback(t.Context(), d.live, executor.ID(p), executor.Options{})
		if err != nil || out.State != executor.RolledBack {
			t.Fatalf("roll back: %s %v", out.State, err)
		}
	} else {
		d.finish(p)
	}
	report, err := l.Stop()
	stopped = true
	if err = errors.Join(err, report.Err()); err != nil {
		t.Error(err)
	}
	t.Logf("\n%s", report)
	d.verified(l.Journal(), c, before)
	d.clean()
}

// cutOver runs a plan until the new table serves.
func (d *database) cutOver(p *plan.Plan) {
	d.t.Helper()
	out, err := executor.Run(d.t.Context(), d.live, p, executor.Options{})
	for range 20 {
		if err != nil {
			d.t.Fatalf("run: %v", err)
		}
		if out.State != executor.Held {
			break
		}
		out, err = executor.Continue(d.t.Context(), d.live, out.ID, executor.Options{})
	}
	if out.State != executor.AfterCutOver {
		d.t.Fatalf("the run stands in state %s at step %s instead of after the cut-over", out.State, out.Step)
	}
}

// verified looks for every acknowledged write, and compares with what the window's plan makes of
// the same rows in another database.
func (d *database) verified(j *load.Journal, c LiveCase, before string) {
	d.t.Helper()
	diff, err := j.Verify(d.t.Context(), d.pool)
	if err != nil {
		d.t.Fatal(err)
	}
	if !diff.Empty() {
		d.t.Errorf("writes were lost: %s", diff)
	}
	want := before
	control := d.e.database(d.t)
	if err := j.Control(d.t.Context(), control.pool, "live"); err != nil {
		d.t.Fatal(err)
	}
	control.exec(c.Setup...)
	control.open()
	if !c.Rollback {
		control.finish(control.plan(c.SQL, plan.Window))
		if want, err = load.Definition(d.t.Context(), control.pool, d.e.Name, "live"); err != nil {
			d.t.Fatal(err)
		}
	}
	got, err := load.Definition(d.t.Context(), d.pool, d.e.Name, "live")
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("definition (-want +got):\n%s", diff)
	}
	key := c.Shape.KeyColumns()[0]
	if len(c.Shape.KeyColumns()) > 1 {
		key += ", " + c.Shape.KeyColumns()[1]
	}
	if control.state("live", key).rows != d.state("live", key).rows {
		d.t.Error("the rows differ from those that the window's plan makes")
	}
}

// Environment of a process that is to be killed.
const (
	victimURL  = "SUREFOOT_VICTIM_URL"
	victimPlan = "SUREFOOT_VICTIM_PLAN"
)

// Victim runs a plan in a process that is to be killed; elsewhere it does nothing.
func Victim(e Engine) {
	url := os.Getenv(victimURL)
	if url == "" {
		return
	}
	if err := victim(e, url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func victim(e Engine, url string) error {
	text, err := os.ReadFile(os.Getenv(victimPlan))
	if err != nil {
		return err
	}
	var p plan.Plan
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	db, err := e.Open(context.Background(), url)
	if err != nil {
		return err
	}
	var opts executor.Options
	verb, last := os.Getenv(victimVerb), os.Getenv(victimPoint)
	if verb == "" {
		_, err = executor.Run(context.Background(), db, &p, opts)
		return errors.Join(err, db.Close())
	}
	opts.Failpoint = func(point string) {
		if point == last {
			os.Exit(died) // without a last word, as by kill -9
		}
	}
	err = act(context.Background(), db, &p, verb, opts)
	return errors.Join(err, db.Close())
}

// killed starts the run in a process of its own again and again, and kills it each time.
func (c LiveCase) killed(t *testing.T, d *database, p *plan.Plan) {
	t.Helper()
	if c.Kills == 0 {
		return
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range c.Kills {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), victimURL+"="+d.url, victimPlan+"="+file)
		stderr := new(errorsOf)
		cmd.Stderr = stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+rand.IntN(800)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			t.Fatalf("run number %d failed: %s", n+1, stderr)
		}
		if err == nil {
			return // it came to its end, or to the hold before the contract
		}
	}
}

// errorsOf keeps the beginning of what a process says.
type errorsOf struct{ text []byte }

func (e *errorsOf) Write(p []byte) (int, error) {
	if len(e.text) < 4096 {
		e.text = append(e.text, p...)
	}
	return len(p), nil
}

func (e *errorsOf) String() string { return string(e.text) }
