//go:build torture

package torture

import (
	"slices"
	"testing"
	"time"

	"surefoot/bench/load"
	"surefoot/bench/tool"
)

// TestTortureLimits measures how long plan takes to say something and how much memory a run takes,
// which must not grow with the table.
func TestTortureLimits(t *testing.T) {
	oneShape(t, 0, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		var took []time.Duration
		defer func() {
			if len(took) > 0 {
				w.tell("limits", "plan: best %s, median %s; memory of the run: %.1f MB", ms(took[0]), ms(took[len(took)/2]), float64(w.peak)/(1<<20))
			}
		}()
		for range 15 {
			took = append(took, w.do("plan", "--sql", tool.Change(w.engine, table)).Took)
		}
		slices.Sort(took)
		if took[0] > 50*time.Millisecond && p.engine != load.Postgres { // its parser takes longer to start
			t.Errorf("plan took %s at the best of %d times", took[0], len(took))
		}
		w.write()
		w.do(w.runArgs()...)
		w.do(finishArgs...)
		w.rest()
		if w.peak == 0 || w.peak >= 64<<20 {
			t.Errorf("the tool took %d bytes of memory", w.peak)
		}
	})
}
