package executor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain runs the tests, or, where the environment says so, a process that is to be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("VICTIM"); path != "" {
		victim(path, os.Getenv("VERB"), os.Getenv("POINT"))
		return
	}
	goleak.VerifyTestMain(m)
}

// victim runs or rolls back, and dies at a point without a last word, as by kill -9.
func victim(path, verb, point string) {
	t := &testing.B{}
	point, nth, _ := strings.Cut(point, "@")
	left, _ := strconv.Atoi(nth)
	var mu sync.Mutex
	opts := quick()
	opts.Failpoint = func(p string) {
		mu.Lock()
		defer mu.Unlock()
		if p != point {
			return
		}
		if left--; left <= 0 {
			os.Exit(137)
		}
	}
	d := open(t, path)
	var err error
	switch verb {
	case "run":
		_, err = Run(context.Background(), d, copyPlan(), opts)
	case "finish":
		_, err = Finish(context.Background(), d, "", opts)
	case "rollback":
		_, err = Rollback(context.Background(), d, "", opts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// quick makes chunks small, so that a small table has several.
func quick() Options { return Options{ChunkTime: 20 * time.Millisecond, Workers: 2} }

// kill starts a process and lets it die at a point; it says whether the process came there.
func kill(t *testing.T, d *database, verb, point string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "VICTIM="+d.path, "VERB="+verb, "POINT="+point)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 137:
		return true
	case err != nil:
		t.Fatalf("%s until %s: %v: %s", verb, point, err, out)
	}
	return false
}

// writers change orders the whole time, and a mirror of it in the same transactions. Stopping them
// compares the two.
type writers struct {
	t    *testing.T
	d    *database
	stop chan struct{}
	halt func()
	wg   sync.WaitGroup
	done int
}

func write(t *testing.T, d *database) *writers {
	t.Helper()
	d.exec(t, "CREATE TABLE IF NOT EXISTS mirror (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER)",
		"DELETE FROM mirror", "INSERT INTO mirror SELECT * FROM orders")
	w := &writers{t: t, d: open(t, d.path), stop: make(chan struct{})}
	w.halt = sync.OnceFunc(func() { close(w.stop); w.wg.Wait() })
	t.Cleanup(w.halt) // of a test that failed before it came to the end
	w.wg.Go(func() {
		random := rand.New(rand.NewPCG(1, 2))
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
			if err := w.change(random); err != nil {
				t.Errorf("the application's write failed: %v", err)
				return
			}
			w.done++
		}
	})
	return w
}

func (w *writers) change(random *rand.Rand) error {
	id, other := random.IntN(4000), 1_000_000+random.IntN(1_000_000)
	statement := []string{
		fmt.Sprintf("UPDATE %%s SET amount = %d WHERE id = %d", random.IntN(1000), id),
		fmt.Sprintf("UPDATE %%s SET name = NULL WHERE id = %d", id),
		fmt.Sprintf("DELETE FROM %%s WHERE id = %d", id),
		fmt.Sprintf("INSERT INTO %%s VALUES (%d, 'new', 5) ON CONFLICT (id) DO UPDATE SET amount = 6", id),
		fmt.Sprintf("UPDATE OR IGNORE %%s SET id = %d WHERE id = %d", other, id),
	}[random.IntN(5)]
	tx, err := w.d.pool.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	for _, table := range []string{"orders", "mirror"} {
		if _, err := tx.Exec(fmt.Sprintf(statement, table)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// end stops the writers and compares every row.
func (w *writers) end() {
	w.t.Helper()
	w.halt()
	lost := w.d.number(w.t, `SELECT count(*) FROM (
		SELECT * FROM (SELECT id, name, CAST(amount AS TEXT) FROM orders EXCEPT SELECT id, name, CAST(amount AS TEXT) FROM mirror)
		UNION ALL SELECT * FROM (SELECT id, name, CAST(amount AS TEXT) FROM mirror EXCEPT SELECT id, name, CAST(amount AS TEXT) FROM orders))`)
	if lost != 0 {
		w.t.Errorf("%d rows differ from what was written", lost)
	}
	if w.done == 0 {
		w.t.Error("nothing was written meanwhile")
	}
	w.d.exec(w.t, "DROP TABLE mirror")
}

// points lists every point that a run passes, each once.
func points(t *testing.T, do func(d *database, o Options) error) []string {
	t.Helper()
	d := fresh(t)
	orders(t, d, 3000)
	w := write(t, d)
	var mu sync.Mutex
	var seen []string
	o := quick()
	o.Failpoint = func(p string) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(seen, p) {
			seen = append(seen, p)
		}
	}
	if err := do(d, o); err != nil {
		t.Fatal(err)
	}
	w.end()
	return seen
}

// some gives every point, or, where that takes too long, a part of them that begins anywhere.
func some(points []string) []string {
	var chosen []string
	for i := rand.IntN(every); i < len(points); i += every {
		chosen = append(chosen, points[i])
	}
	return chosen
}

func TestKilledAnywhereThenResumed(t *testing.T) {
	all := points(t, func(d *database, o Options) error {
		_, err := Run(t.Context(), d, copyPlan(), o)
		return err
	})
	if len(all) < 20 {
		t.Fatalf("only %d points: %v", len(all), all)
	}
	for _, p := range some(append(all, "03-backfill:checkpoint@2", "05-verify:checkpoint@2", "06-cut-over:apply@1")) {
		t.Run(p, func(t *testing.T) {
			t.Parallel()
			d := fresh(t)
			orders(t, d, 3000)
			w := write(t, d)
			kill(t, d, "run", p)
			if s := d.status(t); s.By != "" || s.State == Running {
				t.Errorf("a killed run is %s by %q", s.State, s.By)
			}
			out, err := Run(t.Context(), d, copyPlan(), quick())
			if err != nil || out.State != AfterCutOver {
				t.Fatalf("%+v %v", out, err)
			}
			if got, err := Finish(t.Context(), d, out.ID, quick()); err != nil || got.State != Finished {
				t.Fatalf("%+v %v", got, err)
			}
			w.end()
			d.whole(t, "orders orders_sf_name", "TEXT")
		})
	}
}

func TestKilledWhileFinishing(t *testing.T) {
	again := map[string]func(d *database) (Outcome, error){
		"run":    func(d *database) (Outcome, error) { return Run(t.Context(), d, copyPlan(), quick()) },
		"finish": func(d *database) (Outcome, error) { return Finish(t.Context(), d, "", quick()) },
	}
	for _, p := range []string{"07-contract:start", "07-contract:effect", "07-contract:done"} {
		for name, end := range again {
			t.Run(p+" then "+name, func(t *testing.T) {
				d := fresh(t)
				orders(t, d, 1000)
				w := write(t, d)
				if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
					t.Fatal(err)
				}
				if !kill(t, d, "finish", p) {
					t.Fatal("it did not come there")
				}
				if out, err := end(d); err != nil || out.State != Finished {
					t.Fatalf("%+v %v", out, err)
				}
				w.end()
				d.whole(t, "orders orders_sf_name", "TEXT")
			})
		}
	}
}

func TestRolledBackFromAnywhere(t *testing.T) {
	all := points(t, func(d *database, o Options) error {
		_, err := Run(t.Context(), d, copyPlan(), o)
		return err
	})
	for _, p := range some(all) {
		t.Run(p, func(t *testing.T) {
			t.Parallel()
			d := fresh(t)
			orders(t, d, 3000)
			w := write(t, d)
			kill(t, d, "run", p)
			out, err := Rollback(t.Context(), d, "", quick())
			if err != nil || out.State != RolledBack {
				t.Fatalf("%+v %v", out, err)
			}
			w.end()
			d.whole(t, "orders", "INTEGER")
		})
	}
}

func TestKilledWhileRollingBack(t *testing.T) {
	both := func(d *database, o Options) error {
		if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
			return err
		}
		_, err := Rollback(t.Context(), d, "", o)
		return err
	}
	for _, p := range some(points(t, both)) {
		t.Run(p, func(t *testing.T) {
			t.Parallel()
			d := fresh(t)
			orders(t, d, 3000)
			w := write(t, d)
			if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
				t.Fatal(err)
			}
			if !kill(t, d, "rollback", p) {
				t.Skip("it did not come there this time")
			}
			if out, err := Run(t.Context(), d, copyPlan(), quick()); err != nil || out.State != RolledBack {
				// The goal is in the journal: any later call goes on with the way back.
				t.Fatalf("%+v %v", out, err)
			}
			w.end()
			d.whole(t, "orders", "INTEGER")
		})
	}
}

// status gives the only run.
func (d *database) status(t *testing.T) RunStatus {
	t.Helper()
	all, err := Status(t.Context(), d, "")
	if err != nil || len(all) != 1 {
		t.Fatalf("status: %+v %v", all, err)
	}
	return all[0]
}

// whole checks what is in the database and the type of the changed column.
func (d *database) whole(t *testing.T, things, kind string) {
	t.Helper()
	if got := d.things(t); got != things {
		t.Errorf("in the database: %s; want %s", got, things)
	}
	var got string
	if err := d.pool.QueryRow("SELECT type FROM pragma_table_info('orders') WHERE name = 'amount'").Scan(&got); err != nil || got != kind {
		t.Errorf("amount is %s, want %s (%v)", got, kind, err)
	}
}
