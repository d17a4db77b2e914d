package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"surefoot/plan"
)

// drainBatch is how many log entries are applied at once under the lock.
const drainBatch = 500

// little is how many log entries may wait when the lock is asked for.
const little = 50

// swapTime bounds what happens under the lock after the drain; it is not cut off by Ctrl-C.
const swapTime = time.Minute

// cutOver brings a swap step to "done".
func (r *run) cutOver(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	if !s.CutOver.Atomic && r.marks[i].state == pending {
		if err := r.mark(ctx, r.srv.Pool(), i, begun); err != nil {
			return err
		}
		r.trip(i, "begun")
	}
	if err := r.swap(ctx, i, s.CutOver, exchanged{there: true, state: done}); err != nil {
		return err
	}
	r.endFeed(s.Table)
	return nil
}

// exchanged is what a swap leads to: the proof's answer and the step's state.
type exchanged struct {
	there bool
	state string
}

// swap tries until it succeeds: the feed catches up, then the swap waits for its lock
// no longer than the lock timeout and catches up under it no longer than the budget. A try that
// fails leaves everything as it was, and the next one comes a while later.
func (r *run) swap(ctx context.Context, i int, sw *plan.CutOver, to exchanged) error {
	s, f := r.plan.Steps[i], r.feeds[r.plan.Steps[i].Table]
	x := &exchange{r: r, i: i, swap: sw, feed: f, to: to, batch: drainBatch, was: r.marks[i].portrait}
	if to.there {
		x.was = r.marks[portrayed(r.plan, i)].portrait
	}
	err := r.patiently(ctx, s.Table, func() error {
		if err := r.pass(ctx); err != nil {
			return err
		}
		if f != nil {
			if err := x.catchUp(ctx); err != nil {
				return err
			}
			f.turn.Lock()
			defer f.turn.Unlock()
		}
		err := x.once(ctx)
		if err != nil && !sw.Atomic {
			err = x.proved(ctx, err)
		}
		if f != nil && (err == nil || !r.again(err)) {
			f.cancel() // what it reads and writes may have other names now
		}
		return err
	})
	if c, meddled := errors.AsType[*changed](err); meddled && to.there {
		return r.meddled(ctx, i, c)
	}
	return unlost(s.Table, err)
}

// proved looks at the proof after an error: the statement that exchanges the tables may have been
// carried out all the same.
func (x *exchange) proved(ctx context.Context, failure error) error {
	if ctx.Err() != nil || x.r.lost(failure) {
		return failure
	}
	there, err := x.r.there(ctx, x.r.plan.Steps[x.i])
	if err != nil || there != x.to.there {
		return errors.Join(failure, err)
	}
	return x.r.exchanged(ctx, x.i, x.to.state, nil)
}

// exchange is one swap, tried several times.
type exchange struct {
	r     *run
	i     int
	swap  *plan.CutOver
	feed  *feed
	to    exchanged
	batch int64
	was   portrait // what the guards found before
	is    portrait // what the guards of the way back find now; nil: not asked yet
}

// catchUp waits until little is left to do under the lock. Each lap leaves what came while it was
// made, so laps get shorter as long as the feed is faster than the writers.
func (x *exchange) catchUp(ctx context.Context) error {
	start := time.Now()
	for n := 0; n < 20 && (n < 2 || x.feed.rest.Load() > little); n++ {
		if err := x.feed.catchUp(ctx); err != nil {
			return err
		}
	}
	if took := time.Since(start); took > time.Second {
		x.r.progress.tell(Message, fmt.Sprintf("caught up in %v", took.Round(time.Second)))
	}
	return x.feed.fits()
}

// once is one try.
func (x *exchange) once(ctx context.Context) error {
	r := x.r
	conn, err := x.open(ctx)
	if err != nil {
		return err
	}
	defer discard(conn) // before Release this leaves everything as it was
	if err := x.first(ctx, conn); err != nil {
		return err
	}
	var second *sql.Conn
	if len(x.swap.Queue) > 0 {
		if second, err = r.claimed(ctx, false, "queue"); err != nil {
			return err
		}
		defer discard(second)
	}
	if err := all(ctx, conn, x.swap.Lock); err != nil {
		return fmt.Errorf("lock %s: %w", r.plan.Steps[x.i].Table, err)
	}
	locked := time.Now()
	r.trip(x.i, "locked")
	if err := x.drain(ctx, conn, locked.Add(r.opts.DrainBudget)); err != nil {
		return err
	}
	r.trip(x.i, "drained")
	if err := x.seen(ctx, conn, true); err != nil {
		return err
	}
	// From here on it is a matter of moments, and better ended than cut off.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), swapTime)
	defer cancel()
	if err := all(ctx, conn, x.swap.SQL); err != nil {
		return err
	}
	if err := made(ctx, conn, x.swap.Made, false); err != nil {
		return err
	}
	if err := x.note(ctx, conn); err != nil {
		return err
	}
	r.trip(x.i, "effect")
	if second != nil {
		err = x.queued(ctx, conn, second)
	} else {
		err = all(ctx, conn, x.swap.Release)
	}
	if err != nil {
		return err
	}
	r.progress.tell(Message, fmt.Sprintf("tables exchanged; the lock was held for %v", time.Since(locked).Round(time.Millisecond)))
	r.trip(x.i, "released")
	return x.confirm(ctx)
}

// first looks at the table before the lock. What will be asked under it is asked here too, so that the
// server has planned it and read what it needs by then.
func (x *exchange) first(ctx context.Context, conn *sql.Conn) error {
	if err := x.seen(ctx, conn, false); err != nil {
		return err
	}
	if err := made(ctx, conn, x.swap.Made, true); err != nil {
		return err
	}
	if back := x.r.plan.Steps[x.i].Back; x.to.there && back != nil {
		_, err := look(ctx, conn, back.Guards, true)
		return err
	}
	return nil
}

// seen fails where others did what the exchange would undo, or wrote rows that nothing logged.
func (x *exchange) seen(ctx context.Context, conn *sql.Conn, locked bool) error {
	if err := compare(ctx, conn, x.swap.Guards, x.was, locked); err != nil {
		return err
	}
	return captured(ctx, conn, x.swap, x.r.plan.Steps[x.i].Table, x.to.there)
}

// open gives the swap's session. Where the swap is no transaction, an earlier process's session may
// still be at it: then this waits for its end.
func (x *exchange) open(ctx context.Context) (*sql.Conn, error) {
	if x.swap.Atomic {
		return x.r.fresh(ctx, false)
	}
	return x.r.claimed(ctx, false, "swap")
}

// note looks at the table that serves now, while nobody else can change it, and where the swap is a
// transaction it writes what it sees and the step's state into the journal with it.
func (x *exchange) note(ctx context.Context, conn *sql.Conn) error {
	r, back := x.r, x.r.plan.Steps[x.i].Back
	if x.to.there && back != nil && len(x.swap.Queue) == 0 {
		var err error
		if x.is, err = look(ctx, conn, back.Guards, true); err != nil {
			return err
		}
	}
	if !x.swap.Atomic {
		return nil
	}
	if x.is != nil {
		if err := r.journal.portray(ctx, conn, x.i, x.is); err != nil {
			return err
		}
	}
	return r.journal.set(ctx, conn, x.i, x.to.state)
}

// drain applies what is left in the log, in the session that holds the lock.
func (x *exchange) drain(ctx context.Context, conn *sql.Conn, until time.Time) error {
	if x.feed == nil {
		return nil
	}
	budget, cancel := context.WithDeadlineCause(ctx, until, errBudget)
	defer cancel()
	for {
		rows, err := texts(budget, conn, x.feed.spec.Take, bind{limit: x.batch})
		var ids []string
		for _, row := range rows {
			ids = append(ids, row[0])
		}
		if err == nil && len(ids) == 0 {
			return nil
		}
		if err == nil {
			err = x.feed.statements(budget, conn, ids)
		}
		if err == nil {
			continue
		}
		if x.r.srv.Fault(err) == plan.Duplicate && x.batch < widest {
			// The other half of an exchange of unique values is further on in the log: nobody
			// writes now, so a batch that holds all entries cannot fail for that reason.
			x.batch *= 10
			return errBudget
		}
		return x.r.cause(budget, fmt.Errorf("catch up under the lock: %w", err))
	}
}

// queued lets a second session exchange the tables: its statement waits behind the lock, and goes
// before all others when the lock is let go.
func (x *exchange) queued(ctx context.Context, conn, second *sql.Conn) error {
	ended := make(chan error, 1)
	go func() { ended <- all(ctx, second, x.swap.Queue) }()
	until := time.Now().Add(x.r.opts.LockTimeout)
	for {
		var n sql.NullInt64
		err := x.r.srv.Pool().QueryRowContext(ctx, x.swap.Queued).Scan(&n)
		if err == nil && n.Int64 != 0 {
			break
		}
		if err != nil || time.Now().After(until) {
			// The lock is kept until the queued statement has given up: it must not go first.
			return errors.Join(err, <-ended)
		}
		select {
		case err := <-ended:
			return err
		case <-time.After(2 * time.Millisecond):
		}
	}
	x.r.trip(x.i, "queued")
	return errors.Join(all(ctx, conn, x.swap.Release), <-ended)
}

// confirm notes the step's new state once the tables are exchanged.
func (x *exchange) confirm(ctx context.Context) error {
	r := x.r
	if x.swap.Atomic {
		r.marks[x.i].portrait = x.is
		r.remember(x.i, x.to.state)
		return nil
	}
	there, err := r.there(ctx, r.plan.Steps[x.i])
	if err != nil {
		return err
	}
	if there != x.to.there {
		return fmt.Errorf("the server reports success, but the tables are not exchanged")
	}
	return r.exchanged(ctx, x.i, x.to.state, x.is)
}
