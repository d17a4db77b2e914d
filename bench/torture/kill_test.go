//go:build torture

package torture

import (
	"testing"

	"surefoot/load"
	"surefoot/load/proc"
)

// TestTortureKills kills the tool at random moments, of run and of rollback, and starts it again
// with the same command each time.
func TestTortureKills(t *testing.T) {
	eachShape(t, func(t *testing.T, p place, shape load.Shape, share func(int) int) {
		w := newWorld(t, p, shape)
		kills, rounds, seen := share(config.kills), 0, load.Report{}
		defer func() {
			w.tell("tool killed", "%d kills (%s) in %d rounds; %d writes, %d failed", kills, w.met(), rounds, seen.Ops, seen.ErrorCount)
		}()
		w.write()
		rounds = w.suffer(kills, (*proc.Child).Kill)
		seen = w.verdict(true)
	})
}

// TestTortureSteps kills the tool whenever it reports the beginning or the end of a step for the
// first time: of run, of rollback from after the cut-over, of run again, and of finish.
func TestTortureSteps(t *testing.T) {
	oneShape(t, 2, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		kills, seen := 0, load.Report{}
		defer func() {
			w.tell("killed at each step", "%d kills; %d writes, %d failed", kills, seen.Ops, seen.ErrorCount)
		}()
		w.write()
		kills += w.stumble(w.runArgs()...)
		kills += w.stumble(rollbackArgs...)
		w.isOriginal("after the cut-over")
		kills += w.stumble(w.runArgs()...)
		kills += w.stumble(finishArgs...)
		seen = w.verdict(true)
	})
}

// stumble repeats a command until it succeeds, and kills it at each report of a step that it has
// not made before.
func (w *world) stumble(args ...string) (kills int) {
	w.t.Helper()
	met := map[string]bool{}
	for {
		child := w.start(func(c *proc.Child, e proc.Event) {
			report := e.Event + " " + e.Step
			if e.Event != "step" && e.Event != "done" && e.Event != "undone" || met[report] {
				return
			}
			c.Kill()
			met[report] = true
		}, args...)
		r := w.wait(child)
		switch {
		case r.Killed:
			kills++
		case r.Code == 0, kills > 0 && w.over():
			return kills
		default:
			w.t.Fatalf("surefoot %s: exit code %d at %s\n%s", args[0], r.Code, r.Last.Step, r.Text)
		}
	}
}
