package cases

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// writer is an application that writes one statement after another, and notes each with its outcome,
// so that the same can be done to another database afterwards.
type writer struct {
	trial trial
	db    *database

	count int // of the statements so far
	notes []note

	begin   sync.Once
	end     sync.Once
	ending  chan struct{}
	stopped chan struct{}
}

type note struct {
	sql string
	err error
}

func newWriter(x trial, db *database) *writer {
	return &writer{trial: x, db: db, ending: make(chan struct{}), stopped: make(chan struct{})}
}

// most bounds what one trial writes.
const most = 300

// write does the next statements.
func (w *writer) write(n int) {
	for range n {
		if len(w.trial.writes) == 0 {
			return
		}
		w.count++
		sql := fill(w.trial.writes[w.count%len(w.trial.writes)], 1+(w.count*37)%max(w.trial.rows, 1), w.count)
		err := w.db.try(sql)
		for again := 0; err != nil && again < 5 && passing(err); again++ {
			err = w.db.try(sql)
		}
		w.notes = append(w.notes, note{sql, err})
	}
}

// start begins to write beside the program.
func (w *writer) start() {
	w.begin.Do(func() {
		go func() {
			defer close(w.stopped)
			for w.count < most {
				select {
				case <-w.ending:
					return
				case <-time.After(time.Millisecond):
					w.write(1)
				}
			}
		}()
	})
}

// stop returns when the last statement is over.
func (w *writer) stop() {
	w.begin.Do(func() { close(w.stopped) })
	w.end.Do(func() { close(w.ending) })
	<-w.stopped
}

// replay does the same to another database, and says which statements did not go there as here.
func (w *writer) replay(db *database) string {
	var b strings.Builder
	for _, n := range w.notes {
		err := db.try(n.sql)
		if (err == nil) != (n.err == nil) {
			fmt.Fprintf(&b, "%s\n  beside surefoot: %v\n  without: %v\n", n.sql, n.err, err)
		}
	}
	return b.String()
}

// passing: errors that an application tries again at.
func passing(err error) bool {
	for _, words := range []string{"Deadlock", "deadlock", "Lock wait timeout", "lock timeout", "database is locked", "SQLITE_BUSY"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// fill fills in a row's number i, a number n that is used once, and a number r that looks random.
func fill(template string, i, n int) string {
	return strings.NewReplacer("{i}", fmt.Sprint(i), "{n}", fmt.Sprint(1_000_000+n), "{r}", fmt.Sprint(n*7919%1000)).Replace(template)
}
