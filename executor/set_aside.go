package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"surefoot/plan"
)

// warning says which rows a rollback would lose.
func (r *run) warning() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.feeds {
		if keys := f.unfit(); len(keys) > 0 {
			return fmt.Sprintf("rollback would lose %d changes that do not fit the old table, among them row %s", len(keys), keys[0])
		}
	}
	return ""
}

// fits refuses to go back while rows that were written since would be lost.
func (f *feed) fits() error {
	if keys := f.unfit(); len(keys) > 0 {
		return refuse("rolling back would lose %d changes, among them row %s: give it a value that fits the old table, then roll back again", len(keys), keys[0])
	}
	return nil
}

// unfit gives the keys that are set aside.
func (f *feed) unfit() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var keys []string
	for _, k := range f.parked {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// failed deals with a batch that could not be applied.
//
//	a unique key is taken     its other half may wait in the log: take more, and try again
//	… again and again         name the row
//	a value does not fit      name the row
//	anything else             the caller's business
//
// A forward feed then fails the run. A reverse feed sets the entry aside: the new table serves, and the
// run must not fail because the old one cannot hold what the application writes.
func (f *feed) failed(ctx context.Context, conn *sql.Conn, ids []string, failure error) error {
	if ctx.Err() != nil || !f.misfit(failure) {
		return failure
	}
	if f.clash++; f.r.srv.Fault(failure) == plan.Duplicate && f.clash < 10 {
		f.batch = min(widest, max(2*f.batch, firstBatch))
		return sleep(ctx, 100*time.Millisecond)
	}
	id, cause, err := f.culprit(ctx, conn, ids)
	if err != nil || id == "" {
		f.batch = firstBatch
		return err
	}
	keys, err := texts(ctx, conn, f.spec.Keys, bind{ids: []string{id}})
	if err != nil {
		return err
	}
	key := "of log entry " + id
	if len(keys) > 0 {
		key = named(f.spec.Names, keys[0])
	}
	if f.r.plan.Steps[f.pos].Back == nil {
		return fmt.Errorf("%s row %s: %w", f.r.plan.Steps[f.pos].Table, key, cause)
	}
	f.batch = firstBatch
	return f.setAside(id, key, cause)
}

// setAside sets an entry aside. It stays in the log and is tried again from time to time.
func (f *feed) setAside(id, key string, cause error) error {
	f.mu.Lock()
	known := slices.Contains(slices.Collect(maps.Values(f.parked)), key)
	f.parked[id] = key
	n := len(f.parked)
	f.mu.Unlock()
	if !known {
		f.r.progress.tell(Warned, fmt.Sprintf("rollback would lose row %s: %v", key, cause))
	}
	if n > mostParked {
		f.r.progress.tell(Warned, "too many changes do not fit the old table: it is no longer kept current")
		f.cancel()
	}
	return nil
}

// tryAgain tries one entry a second of those that are set aside: its row may have been given a value that fits.
func (f *feed) tryAgain(ctx context.Context, conn *sql.Conn) error {
	f.mu.Lock()
	var ids []string
	if time.Now().After(f.retry) {
		f.retry = time.Now().Add(time.Second)
		for id := range f.parked { // in no order, so each has its turn
			ids = []string{id}
			break
		}
	}
	f.mu.Unlock()
	if ids == nil {
		return nil
	}
	_, err := f.apply(ctx, conn, ids)
	if err != nil && f.misfit(err) {
		return nil
	}
	if err == nil {
		f.mu.Lock()
		delete(f.parked, ids[0])
		f.mu.Unlock()
	}
	return err
}

// misfit says that an error is about the rows, not about the server.
func (f *feed) misfit(err error) bool {
	fault := f.r.srv.Fault(err)
	return fault == plan.BadValue || fault == plan.Duplicate
}

// culprit finds one entry that cannot be applied even by itself; none: id is empty.
func (f *feed) culprit(ctx context.Context, conn *sql.Conn, ids []string) (id string, cause, err error) {
	for len(ids) > 1 {
		half := ids[:len(ids)/2]
		cause, err := f.dry(ctx, conn, half)
		if err != nil {
			return "", nil, err
		}
		if cause == nil {
			half = ids[len(ids)/2:]
		}
		ids = half
	}
	cause, err = f.dry(ctx, conn, ids)
	if err != nil || cause == nil {
		return "", nil, err
	}
	return ids[0], cause, nil
}

// dry applies entries and takes that back. cause is what is wrong with the entries; err is any
// other failure.
func (f *feed) dry(ctx context.Context, conn *sql.Conn, ids []string) (cause, err error) {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	failure := f.statements(ctx, tx, ids)
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return nil, err
	}
	if failure != nil && !f.misfit(failure) {
		return nil, failure
	}
	return failure, nil
}
