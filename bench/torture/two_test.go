//go:build torture

package torture

import (
	"strings"
	"testing"
	"time"

	"surefoot/load"
	"surefoot/load/proc"
)

// TestTortureTwo starts the same run twice at the same moment, some times over. One works, the
// other says who does.
func TestTortureTwo(t *testing.T) {
	oneShape(t, 0, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		said, seen := "", load.Report{}
		defer func() {
			w.tell("two at once", "the second said: %s; %d writes, %d failed", said, seen.Ops, seen.ErrorCount)
		}()
		w.write()
		for round := range 5 {
			if round > 0 {
				w.do(rollbackArgs...)
				w.isOriginal("of two runs")
			}
			said = w.two(time.Duration(round) * 3 * time.Millisecond)
		}
		w.do(finishArgs...)
		seen = w.verdict(true)
	})
}

// two starts two runs, one a moment after the other, and gives what the loser said. The winner
// waits before the cut-over, so that it is not done before the loser gives up; then it is aborted
// and the run is continued.
func (w *world) two(apart time.Duration) string {
	w.t.Helper()
	held := make(chan struct{}, 2)
	watch := func(_ *proc.Child, e proc.Event) {
		if e.Event == "state" && e.State == "held" {
			held <- struct{}{}
		}
	}
	args := append(w.runArgs(), "--hold", "cut-over", "--wait")
	first := w.start(watch, args...)
	time.Sleep(apart)
	second := w.start(watch, args...)
	winner, loser := first, second
	select {
	case <-first.Done():
		winner, loser = second, first
	case <-second.Done():
	case <-time.After(patience()):
		w.t.Fatal("two runs at once: neither gives up")
	}
	lost := w.wait(loser)
	if lost.Code != 1 || !strings.Contains(lost.Text, "held by") {
		w.t.Fatalf("two runs at once: the second ends with code %d\n%s", lost.Code, lost.Text)
	}
	select {
	case <-held:
	case <-winner.Done():
		w.t.Fatalf("two runs at once: the first ends with code %d\n%s", winner.Wait().Code, winner.Wait().Text)
	case <-time.After(patience()):
		w.t.Fatal("two runs at once: the first comes to no hold")
	}
	w.do("abort")
	if won := w.wait(winner); won.Code != 3 {
		w.t.Fatalf("two runs at once: the first, aborted, ends with code %d\n%s", won.Code, won.Text)
	}
	w.do("continue", "--progress", "json")
	for line := range strings.Lines(lost.Text) {
		if strings.HasPrefix(line, "error:") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
