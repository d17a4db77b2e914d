package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

// After the cut-over the application writes a value that the old table cannot hold: its write
// succeeds, status warns, and a rollback is refused until the row fits again.
func TestRollbackThatWouldLoseARow(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	p := copyPlan()
	for _, i := range []int{5} { // the old table takes numbers only
		p.Steps[i].Capture.Apply[1].SQL = strings.Replace(p.Steps[i].Capture.Apply[1].SQL, "CAST(amount AS INTEGER)", "CASE WHEN amount = 'many' THEN abs(-9223372036854775808) ELSE CAST(amount AS INTEGER) END", 1)
	}
	p.Steps[5].Capture.Apply[1].SQL = strings.Replace(p.Steps[5].Capture.Apply[1].SQL, "abs(-9223372036854775808)", "'many'", 1)
	d.exec(t, "CREATE TABLE keep AS SELECT * FROM orders", "DROP TABLE orders",
		"CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER CHECK (typeof(amount) = 'integer'))",
		"INSERT INTO orders SELECT * FROM keep", "DROP TABLE keep")
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var warned []string
	o := quick()
	o.Wait = true
	o.Notify = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == Warned {
			warned = append(warned, e.Text)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, d, p, o)
		ended <- err
	}()
	d.becomes(t, AfterCutOver)
	d.exec(t, "UPDATE orders SET amount = 'many' WHERE id = 42", "UPDATE orders SET amount = '77' WHERE id IN (41, 43)")
	until(t, func() bool { return d.number(t, "SELECT count(*) FROM orders_sf_rev") == 1 })
	if n := d.number(t, "SELECT sum(amount) FROM orders_sf_old WHERE id IN (41, 43)"); n != 154 {
		t.Errorf("rows that fit were not applied: %d", n)
	}
	until(t, func() bool { return strings.Contains(d.status(t).Warning, "row id=42") })
	if _, err := Rollback(t.Context(), d, "", quick()); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(strings.Join(warned, "\n"), "rolling back would lose 1 changes, among them row id=42")
	})
	d.becomes(t, AfterCutOver) // it went on as before
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var refused *Refused
	if _, err := Rollback(t.Context(), d, "", quick()); !errors.As(err, &refused) {
		t.Fatalf("rolled back with a row that does not fit: %v", err)
	}
	d.exec(t, "UPDATE orders SET amount = '5' WHERE id = 42")
	if out, err := Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders", "INTEGER")
	if n := d.number(t, "SELECT amount FROM orders WHERE id = 42"); n != 5 {
		t.Errorf("amount is %d", n)
	}
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come to that")
		}
	}
}

// Unique values wander between rows, and the log holds the halves of each exchange far apart.
func TestUniqueValuesWander(t *testing.T) {
	d := fresh(t)
	orders(t, d, 1000)
	p := copyPlan()
	p.Steps[3].SQL = []string{"CREATE UNIQUE INDEX orders_sf_name ON orders_sf_new (name)"}
	o := quick()
	o.Failpoint = func(point string) {
		if point != "05-verify:start" {
			return
		}
		for i := range 300 {
			a, b := i%1000+1, (i*7+500)%1000+1
			if a == b {
				continue
			}
			d.exec(t, fmt.Sprintf("UPDATE orders SET name = name || '|%d' WHERE id = %d", i, a),
				fmt.Sprintf("UPDATE orders SET name = (SELECT replace(name, '|%d', '') FROM orders WHERE id = %d) WHERE id = %d", i, a, b))
		}
	}
	out, err := Run(t.Context(), d, p, o)
	if err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if n := d.number(t, "SELECT count(*) FROM orders n JOIN orders_sf_old o ON o.id = n.id WHERE o.name IS NOT n.name"); n != 0 {
		t.Errorf("%d rows differ", n)
	}
}

func TestDuplicateIsNamed(t *testing.T) {
	d := fresh(t)
	orders(t, d, 1000)
	p := copyPlan()
	p.Steps[3].SQL = []string{"CREATE UNIQUE INDEX orders_sf_name ON orders_sf_new (name)"}
	o := quick()
	o.Failpoint = func(point string) {
		if point == "05-verify:start" {
			d.exec(t, "UPDATE orders SET name = 'name 5' WHERE id = 700")
		}
	}
	out, err := Run(t.Context(), d, p, o)
	if out.State != Failed || err == nil || !strings.Contains(err.Error(), "orders row id=700: ") {
		t.Fatalf("%+v %v", out, err)
	}
	if out, err = Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders", "INTEGER")
}

// Somebody holds the lock: the cut-over tries, says who it waits for, gives up, and goes on later.
func TestCutOverGivesUpAndSaysWhy(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.LockTimeout, o.Tries = 50*time.Millisecond, 3
	o.Hold = []schema.Phase{schema.CutOver}
	if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != Held {
		t.Fatalf("%+v %v", out, err)
	}
	p := copyPlan()
	blocker, err := d.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer blocker.Close()
	o.Failpoint = func(point string) {
		if point == "06-cut-over:start" {
			// The blocker lets go only when it is told to, or after a while.
			if _, err := blocker.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
				t.Error(err)
			}
			time.AfterFunc(3*time.Second, func() { _, _ = blocker.ExecContext(context.Background(), "COMMIT") })
		}
	}
	out, err := Continue(t.Context(), d, ID(p), o)
	if out.State != Failed || err == nil || !strings.Contains(err.Error(), "step 6 cut-over: no lock on orders in 3 tries: another writer: ") {
		t.Fatalf("%+v %v", out, err)
	}
	if out, err = Run(t.Context(), d, p, quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
}

// Over its budget under the lock the cut-over lets go, and comes again.
func TestDrainKeepsItsBudget(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	var once sync.Once
	o.Failpoint = func(point string) {
		if point == "06-cut-over:locked" {
			once.Do(func() { time.Sleep(400 * time.Millisecond) })
		}
	}
	var told []string
	o.Notify = func(e Event) { told = append(told, e.Text) }
	if out, err := Run(t.Context(), d, copyPlan(), o); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if !strings.Contains(strings.Join(told, "\n"), "waits for "+errBudget.Error()) {
		t.Error(told)
	}
}

// A swap that is no transaction is decided by its proof, wherever it is killed.
func TestKilledInASwapThatIsNoTransaction(t *testing.T) {
	loose := func() *plan.Plan {
		p := copyPlan()
		s := &p.Steps[5]
		s.CutOver.Atomic, s.Back.Atomic = false, false
		return p
	}
	for _, point := range []string{"begun", "locked", "drained", "effect", "released", "done"} {
		t.Run(point, func(t *testing.T) {
			d := fresh(t)
			orders(t, d, 2000)
			w := write(t, d)
			ctx, cancel := context.WithCancelCause(t.Context())
			o := quick()
			var once sync.Once
			o.Failpoint = func(p string) {
				if p == "06-cut-over:"+point {
					once.Do(func() { cancel(errors.New("stop")) })
				}
			}
			out, err := Run(ctx, d, loose(), o)
			if err != nil || out.State != Stopped && out.State != AfterCutOver {
				t.Fatalf("%+v %v", out, err)
			}
			out, err = Run(t.Context(), d, loose(), quick())
			if err != nil || out.State != AfterCutOver {
				t.Fatalf("%+v %v", out, err)
			}
			if out, err = Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
				t.Fatalf("%+v %v", out, err)
			}
			w.end()
			d.whole(t, "orders", "INTEGER")
		})
	}
}
