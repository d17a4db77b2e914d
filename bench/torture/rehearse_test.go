//go:build torture

package torture

import (
	"context"
	"slices"
	"testing"
	"time"

	"surefoot/load"
	"surefoot/load/proc"
)

// A rehearsal costs at most this much, and makes nobody wait for longer.
const (
	rehearsalCosts = 2 * time.Second
	rehearsalLocks = 50 * time.Millisecond
)

// TestTortureRehearsal measures what a rehearsal costs while others write, and how long their writes
// wait meanwhile. It kills it at random moments; the next command leaves nothing behind.
func TestTortureRehearsal(t *testing.T) {
	oneShape(t, 0, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		plan := []string{"plan", "--sql", proc.Change(w.engine, table)}
		with, without := w.median(plan...), w.median(append(plan, "--rehearse=false")...)

		w.write()
		time.Sleep(with)
		alone := w.rest()
		w.write()
		var during time.Duration
		waited := w.watchWaits(func() {
			for range 10 {
				during = max(during, w.do(plan...).Took)
			}
		})
		beside := w.rest()

		left := 0
		for range config.kills {
			child := w.start(nil, plan...)
			time.Sleep(time.Duration(w.rng.Int64N(int64(with))))
			child.Kill()
			w.wait(child)
			left = max(left, len(w.left()))
		}
		w.do(plan...)
		if over := w.left(); len(over) > 0 {
			t.Errorf("left behind after %d kills: %v", config.kills, over)
		}
		w.tell("rehearsal", "plan %s, without a rehearsal %s, beside writers at most %s; longest wait for a lock %s, longest write %s, without us %s; %d kills, at most %d objects until the next command",
			ms(with), ms(without), ms(during), ms(waited), ms(beside.LongestStall.Length), ms(alone.LongestStall.Length), config.kills, left)
		if with-without > rehearsalCosts {
			t.Errorf("a rehearsal takes %s", with-without)
		}
		if waited > rehearsalLocks {
			t.Errorf("somebody waited for a lock for %s", waited)
		}
	})
}

// median runs a command several times.
func (w *world) median(args ...string) time.Duration {
	w.t.Helper()
	var took []time.Duration
	for range 7 {
		took = append(took, w.do(args...).Took)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// left lists what was not there before.
func (w *world) left() []string {
	w.t.Helper()
	return slices.DeleteFunc(w.objects(), func(o string) bool {
		return isSession(o) || slices.Contains(w.before, o) || journalObject.MatchString(o)
	})
}

// waitsSQL gives for how many milliseconds the session that waits longest has waited for a lock on a table
// as a whole; writers wait for each other's rows, which is none of ours.
var waitsSQL = map[string]string{
	load.Postgres: `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart) * 1000), 0)::float8 FROM pg_locks WHERE NOT granted AND locktype = 'relation'`,
	load.MySQL: `SELECT COALESCE(MAX(s.TIMER_WAIT) / 1e9, 0) FROM performance_schema.threads t JOIN performance_schema.events_statements_current s USING (THREAD_ID)
WHERE t.PROCESSLIST_STATE LIKE 'Waiting for%lock%'`,
	load.MariaDB: `SELECT COALESCE(MAX(TIME_MS), 0) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for%lock%'`,
}

// watchWaits gives the longest wait for a lock that was seen while something was done. SQLite has no
// such list: there a write that waits is slow, and nothing else tells of it.
func (w *world) watchWaits(do func()) (longest time.Duration) {
	w.t.Helper()
	query, seen := waitsSQL[w.engine], make(chan time.Duration)
	ctx, stop := context.WithCancel(w.t.Context())
	go func() {
		var most float64
		for query != "" && ctx.Err() == nil {
			var now float64
			if err := w.db.QueryRowContext(ctx, query).Scan(&now); err != nil && ctx.Err() == nil {
				w.t.Errorf("look for waits: %v", err)
			}
			most = max(most, now)
			time.Sleep(2 * time.Millisecond)
		}
		seen <- time.Duration(most * float64(time.Millisecond))
	}()
	do()
	stop()
	return <-seen
}
