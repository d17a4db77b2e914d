package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// writer sends writes to its own keys, one after another.
type writer struct {
	load    *Load
	sql     statements
	weights map[Kind]int
	journal *Journal // of this writer's keys
	stats   *stats
	rng     *rand.Rand

	low, high int64 // indices of its own, both inclusive
	serial    int64 // the last used
	recent    []int64
	free      []int64

	keep bool                 // prepare statements once and keep them
	kept map[string]*sql.Stmt // by text
}

const (
	recentKeys = 4096
	freeKeys   = 4096
	firstPause = 20 * time.Millisecond // after a lost connection, doubled up to
	lastPause  = 250 * time.Millisecond
)

// errNoRow means that a statement for a row that must be there affected none.
var errNoRow = errors.New("no row has this key")

// run writes until the load is stopped.
func (w *writer) run() {
	defer w.closeKept()
	for w.load.limit.Wait(w.load.stopping) == nil && w.load.stopping.Err() == nil {
		if w.serial > 1<<serialBits-16 {
			w.fail(&write{kind: Insert, actions: make([]action, 1)}, errors.New("this writer has no unused keys left"))
			return
		}
		if !w.step() {
			return
		}
	}
}

// step sends one write and enters its outcome in the journal. It is false if
// the outcome could not be found out before the load was stopped.
func (w *writer) step() bool {
	task := w.next()
	w.load.record.begin(task)
	started := time.Now()
	unknown, err := w.send(w.load.running, task)
	switch {
	case err == nil:
		w.stats.answered(task.kind, started, true)
		w.load.silence.answered(w.load.started)
		w.finish(task, task.kind != Rollback)
		return true
	case unknown:
		w.fail(task, err)
		w.stats.mu.Lock()
		w.stats.unknown++
		w.stats.mu.Unlock()
		err = w.settleLater(task)
	case errors.Is(err, errNoRow):
		// The row must be there: look, and go on from what is found.
		e := task.effects()[0]
		w.breach(task, e.key, "a row", err.Error(), nil)
		err = w.settleLater(task)
	case w.amongOurselves(w.load.running, err):
		w.stats.mu.Lock()
		w.stats.ownLocks++
		w.stats.mu.Unlock()
		w.finish(task, false)
		err = nil
	default:
		w.fail(task, err)
		w.finish(task, false)
		w.awaitServer()
		err = nil
	}
	w.stats.answered(task.kind, started, false)
	return err == nil
}

// send runs a write. With an error, unknown says whether it may have taken
// effect all the same.
func (w *writer) send(ctx context.Context, task *write) (unknown bool, err error) {
	if task.kind != Transaction && task.kind != Rollback {
		err := w.do(ctx, nil, &task.actions[0])
		return err != nil && disconnected(err), err
	}
	// Prepared on another connection, a statement would wait for whoever waits for this transaction.
	for i := range task.actions {
		if _, err := w.statement(ctx, nil, task.actions[i].query); err != nil {
			return false, err
		}
	}
	tx, err := w.load.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	for i := range task.actions {
		if err := w.do(ctx, tx, &task.actions[i]); err != nil {
			// Nothing was committed, so the outcome is known whatever the rollback says.
			_ = tx.Rollback()
			return false, err
		}
	}
	if task.kind == Rollback {
		return false, tx.Rollback()
	}
	err = tx.Commit()
	return err != nil && disconnected(err), err
}

// do runs one statement, in a transaction or, if tx is nil, on its own.
func (w *writer) do(ctx context.Context, tx *sql.Tx, a *action) error {
	stmt, err := w.statement(ctx, tx, a.query)
	if err != nil {
		return err
	}
	auto := a.effects[0].auto
	if auto && w.journal.Engine == Postgres {
		return stmt.QueryRowContext(ctx, a.args...).Scan(&a.effects[0].key)
	}
	result, err := stmt.ExecContext(ctx, a.args...)
	if err != nil {
		return err
	}
	if auto {
		a.effects[0].key, err = result.LastInsertId()
		return err
	}
	if !a.exact {
		return nil
	}
	affected, err := result.RowsAffected()
	if err == nil && affected != 1 {
		return fmt.Errorf("%s affected %d rows: %w", a.kind, affected, errNoRow)
	}
	return err
}

// statement is a prepared statement, or a text to send as it is.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

// plain is a text and where to send it.
type plain struct {
	to interface {
		execer
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
	query string
}

func (p plain) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return p.to.ExecContext(ctx, p.query, args...)
}

func (p plain) QueryRowContext(ctx context.Context, args ...any) *sql.Row {
	return p.to.QueryRowContext(ctx, p.query, args...)
}

// statement is what runs a query. Every second writer prepares statements once
// and keeps them, as many applications do: such a statement lives on while the
// table under it is swapped.
func (w *writer) statement(ctx context.Context, tx *sql.Tx, query string) (statement, error) {
	switch {
	case !w.keep && tx != nil:
		return plain{tx, query}, nil
	case !w.keep:
		return plain{w.load.db, query}, nil
	}
	if w.kept[query] == nil {
		stmt, err := w.load.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // closeKept closes it
		if err != nil {
			return nil, err
		}
		w.kept[query] = stmt
	}
	if tx != nil {
		return tx.StmtContext(ctx, w.kept[query]), nil
	}
	return w.kept[query], nil
}

func (w *writer) closeKept() {
	for _, stmt := range w.kept {
		_ = stmt.Close() // the pool closes its connections next
	}
}

// finish enters a known outcome.
func (w *writer) finish(task *write, ok bool) {
	w.load.record.end(task, ok)
	if !ok {
		return
	}
	for _, e := range task.effects() {
		if e.auto {
			w.checkHandedOut(task, e)
		}
		w.journal.cells[e.key] = e.next
		switch {
		case e.next.live:
			w.remember(e.key)
		case len(w.free) < freeKeys && !w.respelledAway(task, e.key):
			w.free = append(w.free, e.key)
		}
	}
}

// respelledAway is whether a text key was given up for another spelling of
// itself. It is then never used again: under a blind collation it still exists.
func (w *writer) respelledAway(task *write, key int64) bool {
	if w.journal.Shape != Text {
		return false
	}
	for _, e := range task.effects() {
		if e.next.live && e.key>>spellingBits == key>>spellingBits {
			return true
		}
	}
	return false
}

// remember makes a key likely to be chosen again.
func (w *writer) remember(key int64) {
	if len(w.recent) < recentKeys {
		w.recent = append(w.recent, key)
		return
	}
	w.recent[w.rng.IntN(recentKeys)] = key
}

// checkHandedOut finds the server handing out a key that was used before.
func (w *writer) checkHandedOut(task *write, e effect) {
	if _, used := w.journal.cells[e.key]; used || e.key <= w.journal.Rows {
		w.breach(task, e.key, "a key never used before", "one that was", nil)
	}
}

func (w *writer) breach(task *write, key int64, expected, found string, cells []lineCell) {
	b := Breach{At: time.Now(), Op: task.kind, Key: w.journal.Shape.show(key), Expected: expected, Found: found}
	w.journal.breaches = append(w.journal.breaches, b)
	w.stats.breach(b)
	w.load.record.breach(b, cells)
}

// fail records an error of a write.
func (w *writer) fail(task *write, err error) {
	key := ""
	if effects := task.effects(); len(effects) > 0 {
		key = w.journal.Shape.show(effects[0].key)
	}
	tolerated := w.load.opts.TolerateDisconnects && disconnected(err)
	w.stats.failed(OpError{At: time.Now(), Op: task.kind, Key: key, Text: err.Error()}, tolerated)
}
