package mysql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"surefoot/conform"
	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
)

// TestMain runs the tests, or, where the environment says so, a process that is to be killed.
func TestMain(m *testing.M) {
	conform.Victim(engineOf("", ""))
	if url := os.Getenv("VICTIM_URL"); url != "" {
		os.Exit(victim(url))
	}
	os.Exit(servers.Main(m))
}

// victim runs, finishes or rolls back, and dies at a point without a last word, as by kill -9.
func victim(url string) int {
	ctx := context.Background()
	db, err := Open(ctx, url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var p plan.Plan
	text, err := os.ReadFile(os.Getenv("VICTIM_PLAN"))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var mu sync.Mutex
	opts := executor.Options{ID: os.Getenv("VICTIM_ID"), ChunkTime: 20 * time.Millisecond}
	opts.Failpoint = func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if point == os.Getenv("VICTIM_POINT") {
			os.Exit(137)
		}
	}
	switch os.Getenv("VICTIM_VERB") {
	case "run":
		_, err = executor.Run(ctx, db, &p, opts)
	case "finish":
		_, err = executor.Finish(ctx, db, opts.ID, opts)
	case "rollback":
		_, err = executor.Rollback(ctx, db, opts.ID, opts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// hunt starts processes that die at a point, one point after the other.
type hunt struct {
	t        *testing.T
	url, id  string
	planFile string
}

// kill starts a process and says whether it died at the point.
func (h hunt) kill(verb, point string) bool {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "VICTIM_URL="+h.url, "VICTIM_PLAN="+h.planFile, "VICTIM_VERB="+verb, "VICTIM_POINT="+point, "VICTIM_ID="+h.id)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 137:
		return true
	case err != nil && !strings.Contains(string(out), " is over"): // an earlier process came to the end
		h.t.Fatalf("%s until %s: %v: %s", verb, point, err, out)
	}
	return false
}

// points records where a run, its rollback and its finish may be killed.
func points(t *testing.T, db *Database, p *plan.Plan, id string) (run, back, finish []string) {
	t.Helper()
	var mu sync.Mutex
	var into *[]string
	opts := executor.Options{ChunkTime: 20 * time.Millisecond, Failpoint: func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(*into, point) {
			*into = append(*into, point)
		}
	}}
	do := func(list *[]string, f func() (executor.Outcome, error)) {
		mu.Lock()
		into = list
		mu.Unlock()
		if _, err := f(); err != nil {
			t.Fatal(err)
		}
	}
	opts.ID = id + "-a"
	do(&run, func() (executor.Outcome, error) { return executor.Run(t.Context(), db, p, opts) })
	do(&back, func() (executor.Outcome, error) { return executor.Rollback(t.Context(), db, opts.ID, opts) })
	opts.ID = id + "-b"
	do(&[]string{}, func() (executor.Outcome, error) { return executor.Run(t.Context(), db, p, opts) })
	do(&finish, func() (executor.Outcome, error) { return executor.Finish(t.Context(), db, opts.ID, opts) })
	return run, back, finish
}

// TestKilledAnywhere kills the tool at every point of a run, of a rollback and of a finish, while
// writers work, and goes on each time.
func TestKilledAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some hundred processes")
	}
	eachServer(t, func(t *testing.T, url string) {
		const rows = 3000
		pool, engine, err := load.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		db := openTest(t, url)
		if err := load.Seed(t.Context(), pool, engine, load.Text, "sample", rows); err != nil {
			t.Fatal(err)
		}
		run, back, finish := points(t, db, planFor(t, db, strings.ReplaceAll(widen, "%s", "sample")), "sample")
		if err := load.Seed(t.Context(), pool, engine, load.Text, "orders", rows); err != nil {
			t.Fatal(err)
		}
		p := planFor(t, db, strings.ReplaceAll(widen, "%s", "orders"))
		before, err := load.Definition(t.Context(), pool, engine, "orders")
		if err != nil {
			t.Fatal(err)
		}
		l, err := load.Start(t.Context(), load.Options{URL: url, Table: "orders", Shape: load.Text, Rows: rows, Rate: 200})
		if err != nil {
			t.Fatal(err)
		}
		h := hunt{t: t, url: url, planFile: writePlan(t, p)}
		died := 0
		through := func(id, verb string, points []string) {
			h.id = id
			for _, point := range points {
				if h.kill(verb, point) {
					died++
				}
			}
			h.kill(verb, "")
		}
		through("one", "run", run)
		through("one", "rollback", back)
		after, err := load.Definition(t.Context(), pool, engine, "orders")
		if err != nil || after != before {
			t.Errorf("after the rollback: %s\nbefore: %s %v", after, before, err)
		}
		nothingLeft(t, pool)
		through("two", "run", run)
		through("two", "finish", finish)
		if _, err := l.Stop(); err != nil {
			t.Error(err)
		}
		if err := l.Snapshot().Err(); err != nil {
			t.Error(err)
		}
		if d, err := l.Verify(t.Context(), pool); err != nil || !d.Empty() {
			t.Errorf("%s %v", d, err)
		}
		asNative(t, pool, engine, l, "orders", load.Text)
		nothingLeft(t, pool)
		t.Logf("killed %d times; %s", died, l.Snapshot().String())
	})
}

func writePlan(t *testing.T, p *plan.Plan) string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
