package executor

import (
	"errors"
	"strings"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// drifts expects that a call stops because of a change that somebody made.
func drifts(t *testing.T, err error, words ...string) {
	t.Helper()
	var drift *Drift
	if !errors.As(err, &drift) {
		t.Fatalf("no drift: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v does not say %q", err, w)
		}
	}
}

// Somebody alters the table during the copy: the cut-over stops and says what it is. Once that is
// taken back the run goes on, compares all rows again (a column that came back is empty) and ends.
func TestTableChangedMeanwhile(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	o := quick()
	o.Failpoint = func(point string) {
		if point == "05-verify:done" {
			d.exec(t, "ALTER TABLE orders DROP COLUMN name", "CREATE INDEX mine ON orders (amount)")
		}
	}
	_, err := Run(t.Context(), d, copyPlan(), o)
	drifts(t, err, "table orders: was CREATE TABLE", "index mine: is new", "somebody changed orders while it was copied")
	if s := d.status(t); s.State != Failed {
		t.Errorf("%+v", s)
	}
	d.exec(t, "DROP INDEX mine", "ALTER TABLE orders DROP COLUMN amount", "ALTER TABLE orders ADD COLUMN name TEXT")
	_, err = Continue(t.Context(), d, "", quick())
	drifts(t, err, "table orders: was")
	d.exec(t, "ALTER TABLE orders DROP COLUMN name", "ALTER TABLE orders ADD COLUMN name TEXT", "ALTER TABLE orders ADD COLUMN amount INTEGER")
	if out, err := Continue(t.Context(), d, "", quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if n := d.number(t, "SELECT count(*) FROM orders WHERE name IS NOT NULL OR amount IS NOT NULL"); n != 0 {
		t.Errorf("%d rows have values that nobody has any more", n)
	}
}

// Somebody alters the new table: a rollback is refused and says what it would lose, and the run stays
// where it was, with the old table kept current. Once that is taken back the rollback goes on.
func TestRollbackThatWouldLoseAChange(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	if out, err := Run(t.Context(), d, copyPlan(), quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	d.exec(t, "CREATE INDEX mine ON orders (amount)")
	out, err := Rollback(t.Context(), d, "", quick())
	drifts(t, err, "somebody changed orders after the cut-over", "index mine: is new, CREATE INDEX mine")
	if s := d.status(t); out.State != AfterCutOver || s.State != AfterCutOver {
		t.Errorf("%v, %+v", out.State, s)
	}
	d.exec(t, "UPDATE orders SET amount = 5 WHERE id = 7", "DROP INDEX mine")
	if out, err := Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	if n := d.number(t, "SELECT amount FROM orders WHERE id = 7"); n != 5 {
		t.Errorf("%d", n)
	}
}

// Under the lock of the way back a change counts too that came after the first look.
func TestRollbackLooksUnderTheLock(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
		t.Fatal(err)
	}
	o := quick()
	o.Failpoint = func(point string) {
		if point == "06-cut-over:undo" {
			d.exec(t, "CREATE INDEX mine ON orders (amount)")
		}
	}
	_, err := Rollback(t.Context(), d, "", o)
	drifts(t, err, "index mine: is new")
	d.exec(t, "DROP INDEX mine")
	if out, err := Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders", "INTEGER")
}

// Rows that were written where no capture saw it are compared again without anybody's help.
func TestTableMadeAnewMeanwhile(t *testing.T) {
	d := fresh(t)
	orders(t, d, 500)
	p := copyPlan()
	s := p.Steps[5].CutOver
	s.Guards = append(s.Guards, plan.Guard{Query: "SELECT count(*) FROM made", Rows: true})
	d.exec(t, "CREATE TABLE made (x INT)")
	o := quick()
	verified := 0
	o.Failpoint = func(point string) {
		if point != "05-verify:done" {
			return
		}
		if verified++; verified == 1 {
			d.exec(t, "DROP TRIGGER orders_sf_log_u", "UPDATE orders SET name = 'unseen' WHERE id = 7", "INSERT INTO made VALUES (1)")
			d.exec(t, triggers("orders", "orders_sf_log", "orders_sf_log")[1])
		}
	}
	if out, err := Run(t.Context(), d, p, o); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if n := d.number(t, "SELECT count(*) FROM orders WHERE id = 7 AND name = 'unseen'"); n != 1 || verified != 2 {
		t.Errorf("%d rows, compared %d times", n, verified)
	}
}

// A plan of an older surefoot has no guards. It is refused before anything is done, and what it began
// can be rolled back.
func TestPlanWithoutGuards(t *testing.T) {
	d := fresh(t)
	orders(t, d, 50)
	old := copyPlan()
	old.Steps[0].Portray, old.Steps[5].CutOver.Guards, old.Steps[5].Back.Guards = false, nil, nil
	_, err := Run(t.Context(), d, old, quick())
	var refused *Refused
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "made by an older surefoot") {
		t.Fatal(err)
	}
	d.whole(t, "orders", "INTEGER")
	if out, err := Rollback(t.Context(), d, "", quick()); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
}

// A journal without the column for portraits gets it, and its runs go on.
func TestOlderJournal(t *testing.T) {
	d := fresh(t)
	orders(t, d, 50)
	o := quick()
	o.Hold = []schema.Phase{schema.Expand}
	if _, err := Run(t.Context(), d, copyPlan(), o); err != nil {
		t.Fatal(err)
	}
	d.exec(t, "ALTER TABLE "+d.SQL().Table("step")+" DROP COLUMN portrait")
	if s := d.status(t); s.State != Held {
		t.Errorf("%+v", s)
	}
	if out, err := Continue(t.Context(), d, "", quick()); err != nil || out.State != AfterCutOver && out.State != Held {
		t.Fatalf("%+v %v", out, err)
	}
}
