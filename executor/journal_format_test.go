package executor

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestJournalOfALaterVersion(t *testing.T) {
	d := fresh(t)
	orders(t, d, 10)
	if _, err := Run(t.Context(), d, copyPlan(), quick()); err != nil {
		t.Fatal(err)
	}
	var refused *Refused
	d.exec(t, "UPDATE surefoot_run SET format = 3")
	if _, err := Run(t.Context(), d, copyPlan(), quick()); !errors.As(err, &refused) {
		t.Error(err)
	}
	if _, err := Status(t.Context(), d, ""); !errors.As(err, &refused) {
		t.Error(err)
	}
}

// TestJournalOfAnEarlierVersion: the journal is one that the last version of format 1 wrote, of a run that it
// held before its cut-over. Such a run is refused in one sentence; once it is over its journal is brought up to date.
func TestJournalOfAnEarlierVersion(t *testing.T) {
	text, err := os.ReadFile("../testdata/journal/format1.sql")
	if err != nil {
		t.Fatal(err)
	}
	d := fresh(t)
	orders(t, d, 10)
	d.exec(t, string(text))
	var refused *Refused
	_, run := Run(t.Context(), d, copyPlan(), quick())
	_, status := Status(t.Context(), d, "")
	_, goOn := Continue(t.Context(), d, "", quick())
	for _, err := range []error{run, status, goOn, Send(t.Context(), d, "", Command{Word: "pause"})} {
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "was begun by an older surefoot") {
			t.Error(err)
		}
	}
	d.exec(t, "UPDATE surefoot_run SET state = 'finished'")
	if all, err := Status(t.Context(), d, "fdd3ca6d22a7"); err != nil || len(all) != 1 || len(all[0].Steps) != 0 {
		t.Errorf("%+v %v", all, err)
	}
	d.exec(t, "ALTER TABLE surefoot_step ADD COLUMN began_at VARCHAR(40) NOT NULL DEFAULT ''") // who did that was killed
	out, err := Run(t.Context(), d, copyPlan(), quick())
	if err != nil {
		t.Fatal(err)
	}
	all, err := Status(t.Context(), d, out.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	for _, s := range all[0].Steps {
		if over := s.State == "done"; (s.Began != "") != over || (s.Ended != "") != over || s.Ended < s.Began {
			t.Errorf("%+v", s)
		}
	}
	if n := d.number(t, "SELECT count(*) FROM surefoot_run WHERE format = 2"); n != 2 {
		t.Errorf("%d runs have the format", n)
	}
}
