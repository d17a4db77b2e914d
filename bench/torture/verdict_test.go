//go:build torture

package torture

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/load"
	"surefoot/load/proc"
)

// verdict stops the writers and looks at everything: whether each acknowledged write is there,
// whether the table is what the engine's own ALTER makes of the same rows (or, where the change was
// taken back, what it was), and whether anything is left behind.
func (w *world) verdict(changed bool) load.Report {
	w.t.Helper()
	seen := w.rest()
	w.nothingLeft()
	journal := w.writers.Journal()
	diff, err := journal.Verify(w.t.Context(), w.db)
	if err != nil {
		w.t.Fatal(err)
	}
	if !diff.Empty() {
		w.t.Errorf("the table is not what was acknowledged: %s", diff)
	}
	if err := journal.Control(w.t.Context(), w.db, control); err != nil {
		w.t.Fatal(err)
	}
	if changed {
		if err := proc.Native(w.t.Context(), w.db, w.engine, control); err != nil {
			w.t.Fatal(err)
		}
	}
	if d := cmp.Diff(w.definition(control), w.definition(table)); d != "" {
		w.t.Errorf("definition, - as it must be, + as it is:\n%s", d)
	}
	rows, err := load.CompareTables(w.t.Context(), w.db, w.engine, table, control, w.shape.KeyColumns())
	if err != nil {
		w.t.Fatal(err)
	}
	if !rows.Equal() {
		w.t.Errorf("rows of the table and of its control: %s", rows)
	}
	return seen
}

func (w *world) definition(table string) string {
	w.t.Helper()
	text, err := load.Definition(w.t.Context(), w.db, w.engine, table)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

// nothingLeft compares what the database has with what it had. A session that was killed needs a
// moment to go.
func (w *world) nothingLeft() {
	w.t.Helper()
	var left string
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		now := slices.DeleteFunc(w.objects(), journalObject.MatchString)
		if left = cmp.Diff(w.before, now); left == "" {
			return
		}
		if time.Now().After(until) {
			break
		}
	}
	w.t.Errorf("left behind, - before, + now:\n%s", left)
}

// isOriginal checks that a rolled-back table has its old definition, under running writers.
func (w *world) isOriginal(when string) {
	w.t.Helper()
	if d := cmp.Diff(w.original, w.definition(table)); d != "" {
		w.t.Errorf("definition after rollback %s, - original, + now:\n%s", when, d)
	}
	now := slices.DeleteFunc(w.objects(), func(o string) bool {
		return journalObject.MatchString(o) || isSession(o)
	})
	if d := cmp.Diff(w.before, now); d != "" {
		w.t.Errorf("left behind by rollback %s, - before, + now:\n%s", when, d)
	}
}
