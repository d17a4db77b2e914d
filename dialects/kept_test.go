package dialects_test

import (
	"slices"
	"testing"

	"surefoot/plan"
)

// Behind the end of one old table there is no way back to another that was swapped before it: one
// finish ends all.
func TestOldTablesEndTogether(t *testing.T) {
	p := planOffline(t, "postgres", "18.4",
		"CREATE TABLE par (id int PRIMARY KEY); CREATE TABLE ch (id int PRIMARY KEY, p int)",
		`ALTER TABLE par ALTER id TYPE bigint; ALTER TABLE ch ALTER p TYPE bigint;
		ALTER TABLE ch ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES par (id)`)
	kept := func(s plan.Step) bool { return s.Until == "finish" }
	first := slices.IndexFunc(p.Steps, kept)
	if first < 0 {
		t.Fatal("no old table is kept")
	}
	behind := slices.IndexFunc(p.Steps[first:], func(s plan.Step) bool { return !kept(s) })
	if behind < 0 {
		t.Fatal("nothing comes behind the old tables")
	}
	var ended []string
	for _, s := range p.Steps[first : first+behind] {
		if s.EndCapture {
			ended = append(ended, s.Table)
		}
	}
	if want := []string{"public.par", "public.ch"}; !slices.Equal(ended, want) {
		t.Errorf("the first finish ends %q, not %q", ended, want)
	}
	for _, s := range p.Steps[first+behind:] {
		if kept(s) {
			t.Errorf("%s (%s) waits for a second finish", s.ID, s.Title)
		}
	}
}
