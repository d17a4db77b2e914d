package conform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
)

// Rename is a rename of a column of table t, which has the key id (numbers below 1000 are the
// setup's) and a unique index over the column alone.
type Rename struct {
	Name     string
	Setup    []string
	SQL      string
	Old, New string
	// Limits: what counts as large and as long. The zero value takes everything for too long.
	Limits planner.Limits
	// Kill: processes are killed at every point too.
	Kill bool
	// Ignore: lines of the definition that contain it are not compared; empty: all are.
	Ignore string
}

// Renames renames columns that stand in indexes. An application uses the old name up to the hold,
// a newer one the new name from the hold on. The run is stopped at every point where a process may
// die, and goes on. What it leaves is what the server's own RENAME COLUMN leaves, but for the order
// of columns and indexes. Then the run is rolled back after each of its steps.
func Renames(t *testing.T, e Engine, cases []Rename) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.betweenStatements(t, e)
			c.underWriters(t, e)
			c.backFromEach(t, e)
			if c.Kill {
				c.killedEverywhere(t, e)
			}
		})
	}
}

func (c Rename) underWriters(t *testing.T, e Engine) {
	native := e.database(t, c.Setup...)
	native.finish(native.plan(c.SQL, plan.Window))
	d := e.database(t, c.Setup...)
	p := d.planWith(c.SQL, planner.Options{Mode: plan.Safe, Limits: c.Limits})
	if len(p.Findings) == 0 {
		t.Fatal("the plan has no finding: nothing was rewritten")
	}
	if p.Verdict != plan.IsSafe {
		t.Fatalf("the plan is %s: %s", p.Verdict, p.Findings[0].Message)
	}
	older := d.write(c.Old, 1000)
	d.interrupted(p, executor.Held)
	newer := d.write(c.New, 500_000)
	time.Sleep(200 * time.Millisecond) // both versions of the application work
	c.holdsUnique(d)
	older.stop()
	d.interrupted(p, executor.Finished)
	newer.stop()
	for id, want := range older.rows {
		newer.rows[id] = want
	}
	d.compare(c.New, newer.rows)
	want, got := native.state("t", "id"), d.state("t", "id")
	if diff := cmp.Diff(c.unordered(want.definition), c.unordered(got.definition)); diff != "" {
		t.Errorf("definition (-native +safe):\n%s", diff)
	}
	d.clean()
}

// unordered gives the lines of a definition in the order of the alphabet, without what follows from
// their place.
func (c Rename) unordered(definition string) []string {
	var lines []string
	for _, line := range strings.Split(definition, "\n") {
		if c.Ignore != "" && strings.Contains(line, c.Ignore) {
			continue
		}
		if line = strings.TrimRight(strings.TrimSpace(line), ",)"); line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// holdsUnique writes a value that is taken, under either name.
func (c Rename) holdsUnique(d *database) {
	d.t.Helper()
	d.exec("INSERT INTO t (id, " + c.Old + ") VALUES (900, 'taken')")
	for _, name := range []string{c.Old, c.New} {
		if _, err := d.pool.ExecContext(d.t.Context(), "INSERT INTO t (id, "+name+") VALUES (901, 'taken')"); err == nil {
			d.t.Errorf("a second row has the same value under the name %s", name)
		}
	}
	d.exec("DELETE FROM t WHERE id = 900")
}

// interrupted runs a plan to a state. At each point where it may die it is stopped once, and begun
// again.
func (d *database) interrupted(p *plan.Plan, want executor.State) {
	d.t.Helper()
	seen := map[string]bool{}
	for range 500 {
		ctx, stop := context.WithCancel(d.t.Context())
		var mu sync.Mutex
		stopped := false
		opts := executor.Options{Failpoint: func(point string) {
			mu.Lock()
			defer mu.Unlock()
			if !seen[point] && !stopped {
				seen[point], stopped = true, true
				stop()
			}
		}}
		run := executor.Run
		out, err := run(ctx, d.live, p, opts)
		if err == nil && out.State == executor.Held && want != executor.Held {
			out, err = executor.Continue(ctx, d.live, out.ID, opts)
		}
		stop()
		switch {
		case stopped:
		case err != nil:
			d.t.Fatalf("run at step %s: %v", out.Step, err)
		case out.State == want:
			return
		case out.State == executor.AfterCutOver:
			if out, err = executor.Finish(d.t.Context(), d.live, out.ID, executor.Options{}); err != nil || out.State != want {
				d.t.Fatalf("finish: %s %v", out.State, err)
			}
			return
		}
	}
	d.t.Fatalf("the run does not come to state %s", want)
}

// writer is an application that knows one name of the column.
type writer struct {
	t    testing.TB
	rows map[int]sql.NullString // what it wrote last
	err  error
	end  atomic.Bool
	done chan struct{}
}

// write inserts, updates, clears and deletes rows from a first id on, as fast as it may.
func (d *database) write(column string, first int) *writer {
	w := &writer{t: d.t, rows: map[int]sql.NullString{}, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for id := first; w.err == nil && !w.end.Load(); id++ {
			value := sql.NullString{String: fmt.Sprintf("v%d", id), Valid: true}
			w.run(d, fmt.Sprintf("INSERT INTO t (id, %s) VALUES (%d, '%s')", column, id, value.String))
			w.rows[id] = value
			switch before := id - 3; {
			case before < first:
			case id%5 == 0:
				w.run(d, fmt.Sprintf("DELETE FROM t WHERE id = %d", before))
				delete(w.rows, before)
			case id%3 == 0:
				value.String = fmt.Sprintf("V%d", before)
				w.run(d, fmt.Sprintf("UPDATE t SET %s = '%s' WHERE id = %d", column, value.String, before))
				w.rows[before] = value
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return w
}

func (w *writer) run(d *database, query string) {
	if _, err := d.pool.ExecContext(d.t.Context(), query); err != nil {
		w.err = errors.Join(w.err, fmt.Errorf("%s: %w", query, err))
	}
}

// stop ends a writer; an error that it met fails the test.
func (w *writer) stop() {
	w.t.Helper()
	w.end.Store(true)
	<-w.done
	if w.err != nil {
		w.t.Errorf("the application met an error: %v", w.err)
	}
	if len(w.rows) < 10 {
		w.t.Errorf("only %d rows were written", len(w.rows))
	}
}

// compare looks for each row that was written.
func (d *database) compare(column string, want map[int]sql.NullString) {
	d.t.Helper()
	rows, err := d.pool.QueryContext(d.t.Context(), "SELECT id, "+column+" FROM t WHERE id >= 1000")
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	got := map[int]sql.NullString{}
	for rows.Next() {
		var id int
		var value sql.NullString
		if err := rows.Scan(&id, &value); err != nil {
			d.t.Fatal(err)
		}
		got[id] = value
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("rows that were written (-want +got):\n%s", diff)
	}
}

// backFromEach stops a run after each step that can be taken back, lets the newer application write,
// and rolls it back: the original is there, with what was written.
func (c Rename) backFromEach(t *testing.T, e Engine) {
	p := e.database(t, c.Setup...).planWith(c.SQL, planner.Options{Mode: plan.Safe, Limits: c.Limits})
	held := false
	for i, step := range p.Steps {
		if held = held || step.Hold != ""; step.NoReturn {
			return
		}
		d := e.database(t, c.Setup...)
		before := d.state("t", "id")
		own := d.planWith(c.SQL, planner.Options{Mode: plan.Safe, Limits: c.Limits})
		out := d.stopAfter(own, own.Steps[i].ID)
		if held {
			d.exec("INSERT INTO t (id, "+c.New+") VALUES (900, 'new')", "DELETE FROM t WHERE id = 900",
				"UPDATE t SET "+c.New+" = 'x' WHERE id = 1", "UPDATE t SET "+c.New+" = 'a1' WHERE id = 1")
		}
		back, err := executor.Rollback(t.Context(), d.live, out.ID, executor.Options{})
		if err != nil || back.State != executor.RolledBack {
			t.Fatalf("roll back after step %s: %s %v", step.ID, back.State, err)
		}
		after := d.state("t", "id")
		if diff := cmp.Diff(c.unordered(before.definition), c.unordered(after.definition)); diff != "" {
			t.Errorf("definition after rolling back from step %s (-before +after):\n%s", step.ID, diff)
		}
		if !held && before.definition != after.definition {
			t.Errorf("rolled back from step %s, before the hold, the definition has another order:\n%s", step.ID, after.definition)
		}
		if diff := cmp.Diff(before.rows, after.rows); diff != "" {
			t.Errorf("rows after rolling back from step %s (-before +after):\n%s", step.ID, diff)
		}
		d.clean()
	}
}
