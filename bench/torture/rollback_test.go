//go:build torture

package torture

import (
	"fmt"
	"testing"
	"time"

	"surefoot/load"
	"surefoot/load/proc"
)

// TestTortureRollback takes the change back from every step, from after a kill and from after an
// abort, and at last from after the cut-over, with writes made on the new table.
func TestTortureRollback(t *testing.T) {
	oneShape(t, 1, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		from, seen := 0, load.Report{}
		defer func() {
			w.tell("rolled back", "from %d points of %d steps; %d writes, %d failed", from, w.at.Steps, seen.Ops, seen.ErrorCount)
		}()
		w.write()
		w.do(w.runArgs()...)
		last := w.at.Number - 1 // it holds before the next
		for step := 1; step <= last+1; step++ {
			if step > 1 {
				w.reach(step-1, from%2 == 0)
			}
			time.Sleep(300 * time.Millisecond)
			w.do(rollbackArgs...)
			w.isOriginal(fmt.Sprintf("from step %d of %d", step-1, last))
			from++
		}
		seen = w.verdict(false)
	})
}

// reach runs until a step begins, and ends the run there: by a kill, or by abort, which stops at
// the next safe point.
func (w *world) reach(step int, kill bool) {
	w.t.Helper()
	stopping := make(chan struct{})
	child := w.start(func(c *proc.Child, e proc.Event) {
		if e.Event != "step" || e.Number != step {
			return
		}
		if kill {
			time.Sleep(time.Duration(w.rng.Int64N(int64(30 * time.Millisecond))))
			c.Kill()
		}
		close(stopping)
	}, w.runArgs()...)
	select {
	case <-stopping:
		if kill {
			break
		}
		// It may be over before it hears of it.
		if r, err := binary.Run(w.url, "abort"); err != nil {
			w.t.Fatal(err)
		} else if r.Code != 0 {
			w.t.Logf("abort at step %d: %s", step, r.Text)
		}
	case <-child.Done():
	}
	if r := w.wait(child); r.Code != 0 && r.Code != 3 && !r.Killed {
		w.t.Fatalf("surefoot run, stopped at step %d: exit code %d\n%s", step, r.Code, r.Text)
	}
}
