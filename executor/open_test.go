package executor

import "testing"

// What an operator says while a process begins is not put back by what that process writes.
func TestWhatIsSaidWhileARunOpensStays(t *testing.T) {
	d, out := heldAtCutOver(t)
	const abort = "command = 'abort' AND throttle = '3'"
	for _, c := range []struct {
		said Command
		then string
	}{
		{Command{Word: "pause"}, "command = 'pause' AND throttle = '0'"},
		{Command{Word: "throttle", Ratio: 3}, "command = 'pause' AND throttle = '3'"},
		{Command{Word: "resume"}, "command = '' AND throttle = '3'"},
		{Command{Word: "abort"}, abort},
	} {
		rec, err := find(t.Context(), d, out.ID)
		if err != nil {
			t.Fatal(err)
		}
		r := &run{id: out.ID, srv: d, rec: rec, journal: &journal{srv: d, id: out.ID}}
		if err := r.journal.take(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.then == abort { // only a process that works can be told
			d.exec(t, "UPDATE surefoot_run SET command = 'abort'")
		} else if err := Send(t.Context(), d, "", c.said); err != nil {
			t.Fatal(err)
		}
		if err := r.settings(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d.number(t, "SELECT count(*) FROM surefoot_run WHERE "+c.then) != 1 {
			t.Errorf("after %s the journal has not %s", c.said.Word, c.then)
		}
	}
	if err := (&journal{srv: d, id: out.ID}).take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.number(t, "SELECT count(*) FROM surefoot_run WHERE command = ''") != 1 {
		t.Error("an abort that was meant for an earlier process stays")
	}
}
