//go:build torture

package torture

import (
	"strings"
	"testing"
	"time"

	"surefoot/bench/load"
	"surefoot/bench/tool"
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

// two starts two runs, one a moment after the other, and gives what the loser said.
func (w *world) two(apart time.Duration) string {
	w.t.Helper()
	first := w.start(nil, w.runArgs()...)
	time.Sleep(apart)
	second := w.start(nil, w.runArgs()...)
	var ends [2]tool.Result
	for i, c := range []*tool.Child{first, second} {
		ends[i] = w.wait(c)
	}
	won, lost := ends[0], ends[1]
	if won.Code != 0 {
		won, lost = lost, won
	}
	text := strings.TrimSpace(lost.Text)
	if won.Code != 0 || lost.Code != 1 || !strings.Contains(text, "held by") || lost.Took > won.Took {
		w.t.Fatalf("two runs at once: exit codes %d and %d after %s and %s\n%s\n%s", won.Code, lost.Code, won.Took, lost.Took, won.Text, lost.Text)
	}
	text, _, _ = strings.Cut(text[strings.Index(text, "error:"):], "\n")
	return text
}
