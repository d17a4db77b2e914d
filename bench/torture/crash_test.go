//go:build torture

package torture

import (
	"testing"
	"time"

	"surefoot/load"
	"surefoot/load/proc"
)

// TestTortureServerKills kills the server at random moments of run and of rollback and starts it
// again. The tool may outlive that, or be started again with the same command.
func TestTortureServerKills(t *testing.T) {
	eachShape(t, func(t *testing.T, p place, shape load.Shape, share func(int) int) {
		if p.instance == nil {
			t.Skip("it has no server")
		}
		w := newWorld(t, p, shape)
		w.tolerant = true
		kills, rounds, seen := share(config.crashes), 0, load.Report{}
		defer func() {
			w.tell("server killed", "%d kills (%s) in %d rounds; %d writes, %d failed, %d connections lost, %d outcomes looked up",
				kills, w.met(), rounds, seen.Ops, seen.ErrorCount, seen.Lost, seen.Unknown)
		}()
		w.write()
		away := time.Duration(w.rng.Int64N(int64(time.Second)))
		rounds = w.suffer(kills, func(*proc.Child) {
			p.instance.Kill()
			time.Sleep(away)
			p.instance.Restart()
		})
		seen = w.verdict(true)
	})
}
