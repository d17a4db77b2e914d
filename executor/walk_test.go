package executor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"surefoot/schema"
)

// A walk over the keys 1 to 100 that is killed and begun again any number of times, with chunks
// that end in any order and are cut anywhere, covers each key exactly once.
func TestCoverageSurvivesKills(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := func(n int) []string { return []string{fmt.Sprint(n)} }
		number := func(k []string, none int) int {
			n := none
			if k != nil {
				_, _ = fmt.Sscan(k[0], &n)
			}
			return n
		}
		count := make([]int, 101)
		var stored cursor
		commit := func(c cursor, s chunk) cursor {
			for n := number(s.Lo, 0) + 1; n <= number(s.Hi, 100); n++ {
				count[n]++
			}
			return c.with(s)
		}
		for life := 0; !stored.End; life++ {
			text, err := json.Marshal(stored)
			if err != nil {
				t.Fatal(err)
			}
			var c cursor
			if err := json.Unmarshal(text, &c); err != nil {
				t.Fatal(err)
			}
			spans, rest := c.gaps()
			for rest != nil {
				s := *rest
				to := number(s.Lo, 0) + rapid.IntRange(1, 30).Draw(t, "rows")
				if to < 100 {
					s.Hi = key(to)
					rest = &chunk{Lo: s.Hi, order: s.order + 1}
				} else {
					rest = nil
				}
				spans = append(spans, s)
			}
			chunks := rapid.Permutation(spans).Draw(t, "order")
			if life < 5 {
				chunks = chunks[:rapid.IntRange(0, len(chunks)).Draw(t, "killed after")]
			}
			for _, s := range chunks {
				lo, hi := number(s.Lo, 0), number(s.Hi, 100)
				if mid := rapid.IntRange(lo, hi).Draw(t, "cut"); mid > lo && mid < hi {
					c = commit(c, chunk{Lo: s.Lo, Hi: key(mid), order: s.order})
					if life < 5 && rapid.Bool().Draw(t, "killed between") {
						continue
					}
					s.Lo = key(mid)
				}
				c = commit(c, s)
			}
			stored = c
		}
		if i := slices.IndexFunc(count[1:], func(n int) bool { return n != 1 }); i >= 0 {
			t.Fatalf("key %d was copied %d times", i+1, count[i+1])
		}
		if len(stored.Ahead) > 0 {
			t.Fatalf("left ahead: %v", stored.Ahead)
		}
	})
}

func TestValueThatDoesNotFit(t *testing.T) {
	t.Run("before the copy", func(t *testing.T) {
		d := fresh(t)
		orders(t, d, 5000)
		d.exec(t, "UPDATE orders SET amount = 12345678 WHERE id = 3210")
		refusedFor(t, d, "step 3 backfill: orders row id=3210: ")
	})
	t.Run("two rows of one chunk clash", func(t *testing.T) {
		d := fresh(t)
		orders(t, d, 5000)
		d.exec(t, "UPDATE orders SET name = 'name 2001' WHERE id = 2900")
		p := copyPlan()
		p.Steps[0].SQL = append(p.Steps[0].SQL, "CREATE UNIQUE INDEX orders_sf_unique ON orders_sf_new (name)")
		out, err := Run(t.Context(), d, p, quick())
		if out.State != Failed || err == nil || !strings.Contains(err.Error(), "orders row id=2900: ") {
			t.Fatalf("%+v %v", out, err)
		}
	})
	t.Run("written meanwhile", func(t *testing.T) {
		d := fresh(t)
		orders(t, d, 5000)
		o := quick()
		o.Failpoint = func(p string) {
			if p == "04-expand:start" {
				d.exec(t, "UPDATE orders SET amount = 12345678 WHERE id = 3210")
			}
		}
		out, err := Run(t.Context(), d, copyPlan(), o)
		if out.State != Failed || err == nil || !strings.Contains(err.Error(), "orders row id=3210: ") {
			t.Fatalf("%+v %v", out, err)
		}
	})
}

// refusedFor runs the copy and expects it to fail with a message, the live table untouched, and to
// be taken back without a trace.
func refusedFor(t *testing.T, d *database, message string) {
	t.Helper()
	sum := "SELECT sum(id * amount) FROM orders"
	before := d.number(t, sum)
	out, err := Run(t.Context(), d, copyPlan(), quick())
	if out.State != Failed || err == nil || !strings.HasPrefix(err.Error(), message) {
		t.Fatalf("%+v %v", out, err)
	}
	if s := d.status(t); s.State != Failed || s.Error != err.Error() {
		t.Errorf("status: %+v", s)
	}
	if out, err = Rollback(t.Context(), d, "", Options{}); err != nil || out.State != RolledBack {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders", "INTEGER")
	if got := d.number(t, sum); got != before {
		t.Errorf("the live table changed")
	}
}

func TestRepairsWhatDiffers(t *testing.T) {
	d := fresh(t)
	orders(t, d, 5000)
	o := quick()
	o.Failpoint = func(p string) {
		if p == "05-verify:start" { // somebody meddles with the shadow
			d.exec(t, "UPDATE orders_sf_new SET amount = 'x' WHERE id = 17", "DELETE FROM orders_sf_new WHERE id = 4000",
				"INSERT INTO orders_sf_new VALUES (9000, 'ghost', 1)")
		}
	}
	var told []string
	o.Notify = func(e Event) { told = append(told, e.Text) }
	out, err := Run(t.Context(), d, copyPlan(), o)
	if err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if all := strings.Join(told, "\n"); !strings.Contains(all, "row id=17") || !strings.Contains(all, "row id=9000") {
		t.Errorf("told: %s", all)
	}
	if n := d.number(t, "SELECT count(*) FROM orders WHERE id = 9000 OR amount = 'x'"); n != 0 {
		t.Errorf("%d rows were not repaired", n)
	}
}

func TestNeverSwapsWhatKeepsDiffering(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	p := copyPlan()
	p.Steps[0].SQL = append(p.Steps[0].SQL, "CREATE TRIGGER bad AFTER INSERT ON orders_sf_new WHEN NEW.id = 77 BEGIN UPDATE orders_sf_new SET name = 'wrong' WHERE id = 77; END")
	_, err := Run(t.Context(), d, p, quick())
	if err == nil || err.Error() != "step 5 verify: the copy of orders differs from it after 5 repairs: row id=77" {
		t.Fatal(err)
	}
	if _, err := Rollback(t.Context(), d, "", quick()); err != nil {
		t.Fatal(err)
	}
	d.whole(t, "orders", "INTEGER")
}

// Step.Kind is for people: nothing may go by it.
func TestKindDecidesNothing(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	p := copyPlan()
	kinds := []schema.Phase{schema.Contract, schema.CutOver, schema.Verify, "", schema.Expand, schema.Fill, schema.DualWrite}
	for i := range p.Steps {
		p.Steps[i].Kind = kinds[i]
	}
	out, err := Run(t.Context(), d, p, quick())
	if err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if out, err = Finish(t.Context(), d, "", quick()); err != nil || out.State != Finished {
		t.Fatalf("%+v %v", out, err)
	}
	d.whole(t, "orders orders_sf_name", "TEXT")
}
