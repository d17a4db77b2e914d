package executor

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"surefoot/plan"
)

// sleep waits for d or for the context's end.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// backoff gives longer and longer waits, each between half and one and a half of its step, so that
// those who met once do not meet again.
type backoff struct{ next, most time.Duration }

func (b *backoff) wait(ctx context.Context) error {
	d := b.next/2 + rand.N(b.next)
	b.next = min(2*b.next, b.most)
	return sleep(ctx, d)
}

// fresh opens a session that is thrown away after use: what a statement sets in it, or leaves in it
// when it is cut off, meets nobody else.
func (r *run) fresh(ctx context.Context, patient bool) (*sql.Conn, error) {
	conn, err := r.srv.Pool().Conn(ctx)
	if err != nil {
		return nil, err
	}
	return conn, r.limit(ctx, conn, patient)
}

// limit sets how long a session waits for a lock; a session that cannot be set up is closed.
func (r *run) limit(ctx context.Context, conn *sql.Conn, patient bool) error {
	wait := r.opts.LockTimeout
	if patient {
		wait = 0
	}
	err := r.srv.LockTimeout(ctx, conn, wait)
	if err != nil {
		discard(conn)
	}
	return err
}

// discard closes a session for good instead of giving it back to the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// claimed opens a fresh session that holds the run's lock for single statements. An earlier
// process's session may still be busy with its last statement, although that process is gone: then
// this waits until it is over, because only then the statement's proof can be trusted.
func (r *run) claimed(ctx context.Context, patient bool, what string) (*sql.Conn, error) {
	conn, err := r.fresh(ctx, patient)
	if err != nil {
		return nil, err
	}
	for {
		holder, err := r.srv.Claim(ctx, conn, lockName(r.id)+":"+what)
		if err == nil && holder == "" {
			r.progress.waits("")
			return conn, r.limit(ctx, conn, patient) // claiming may have its own idea of it
		}
		if err == nil {
			r.progress.waits("the last statement of an earlier session: " + holder)
			err = sleep(ctx, 200*time.Millisecond)
		}
		if err != nil {
			discard(conn)
			return nil, err
		}
	}
}

// patiently runs f until it succeeds, fails for good, or was refused a lock too often.
func (r *run) patiently(ctx context.Context, table string, f func() error) error {
	wait := backoff{200 * time.Millisecond, 5 * time.Second}
	for try := 1; ; try++ {
		err := f()
		if err == nil || ctx.Err() != nil || !r.again(err) {
			return r.cause(ctx, err)
		}
		who := r.blockers(ctx, table, err)
		if try >= r.opts.Tries {
			return fmt.Errorf("no lock on %s in %d tries: %s: %w", table, try, who, err)
		}
		r.progress.waits(who)
		if err := wait.wait(ctx); err != nil {
			return err
		}
		r.progress.waits("")
	}
}

// begin opens a transaction; where there is one writer at a time this waits for its turn.
func (r *run) begin(ctx context.Context, table string, conn *sql.Conn) (tx *sql.Tx, err error) {
	err = r.patiently(ctx, table, func() error {
		tx, err = conn.BeginTx(ctx, nil)
		return err
	})
	return tx, err
}

// errBudget gives a cut-over up for now: catching up under the lock takes too long.
var errBudget = errors.New("catching up under the lock took longer than its budget")

// again says that an error may be gone at the next try.
func (r *run) again(err error) bool {
	return errors.Is(err, errBudget) || r.srv.Fault(err) == plan.Busy
}

func (r *run) blockers(ctx context.Context, table string, err error) string {
	if errors.Is(err, errBudget) {
		return err.Error()
	}
	who, askErr := r.srv.Blockers(ctx, table)
	if askErr != nil || who == "" {
		return "a lock on " + table
	}
	return who
}

// cause gives the reason for which a context ended in place of the error that its end made.
func (r *run) cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// errGone ends all work when the session that holds the run's lock has died.
var errGone = errors.New("the session that holds the run's lock is gone")

// lost says that a connection is gone.
func (r *run) lost(err error) bool {
	if err == nil {
		return false
	}
	if _, network := errors.AsType[*net.OpError](err); network {
		return true
	}
	return errors.Is(err, errGone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || r.srv.Fault(err) == plan.Gone
}

// all runs statements one after the other.
func all(ctx context.Context, s session, queries []string) error {
	for _, q := range queries {
		if _, err := s.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
