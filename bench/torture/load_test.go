//go:build torture

package torture

import (
	"testing"
	"time"

	"surefoot/load"
)

// TestTortureLoad changes the table under writers, and measures what they notice and how much memory
// the tool takes, which must not grow with the table.
func TestTortureLoad(t *testing.T) {
	eachShape(t, func(t *testing.T, p place, shape load.Shape, _ func(int) int) {
		w := newWorld(t, p, shape)
		var alone, during load.Report
		var run, finish time.Duration
		defer func() {
			w.tell("under load", "%d writes, %d failed; run %.1f s, finish %.1f s; writers alone: %s; during the run: %s; tool: %d MB",
				during.Ops, during.ErrorCount, run.Seconds(), finish.Seconds(), latency(alone), latency(during), w.peak>>20)
		}()
		w.write()
		time.Sleep(3 * time.Second)
		alone = w.rest()
		w.write()
		run = w.do(w.runArgs()...).Took
		time.Sleep(time.Second) // writes on the new table
		finish = w.do(finishArgs...).Took
		during = w.verdict(true)
		w.small()
	})
}
