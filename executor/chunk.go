package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"surefoot/plan"
)

// finish runs a chunk until it is done. A chunk that meets a lock is tried again, in two
// parts where it can be cut.
func (w *walker) finish(ctx context.Context, conn *sql.Conn, s chunk) error {
	wait := backoff{50 * time.Millisecond, 5 * time.Second}
	for try := 1; ; try++ {
		if err := w.r.pass(ctx); err != nil {
			return err
		}
		took, err := w.once(ctx, conn, s)
		if err == nil {
			return w.steer(ctx, s, took)
		}
		if ctx.Err() != nil || w.r.lost(err) {
			return err
		}
		switch w.r.srv.Fault(err) {
		case plan.Busy:
			if try >= w.r.opts.Tries {
				return fmt.Errorf("%s, tried %d times: %w", w.place(s), try, err)
			}
			w.r.progress.waits(w.r.blockers(ctx, w.walk.Table, err))
		case plan.BadValue, plan.Duplicate:
			if named := w.narrow(ctx, conn, s, err); named != nil {
				return named
			}
			if try >= 5 {
				return fmt.Errorf("%s: %w", w.place(s), err)
			}
		default:
			return fmt.Errorf("%s: %w", w.place(s), err)
		}
		if err := wait.wait(ctx); err != nil {
			return err
		}
		first, rest, cut, err := w.cut(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: cut the chunk: %w", w.place(s), err)
		}
		if cut {
			if err := w.finish(ctx, conn, first); err != nil {
				return err
			}
			s = rest
		}
	}
}

// cut halves a chunk. Both halves keep its place in the order: the second is run after the first.
func (w *walker) cut(ctx context.Context, s chunk) (first, rest chunk, ok bool, err error) {
	half := s.rows / 2
	if half < 1 || w.walk.Next.Shape(s.Lo != nil, s.Hi != nil).SQL == "" {
		return s, s, false, nil
	}
	w.mu.Lock()
	w.chunk = max(leastChunk, min(w.chunk, half))
	w.mu.Unlock()
	mid, err := w.next(ctx, s.Lo, s.Hi, half)
	if err != nil || mid == nil || slices.Equal(mid, s.Hi) {
		return s, s, false, err
	}
	return chunk{s.Lo, mid, s.order, half}, chunk{mid, s.Hi, s.order, s.rows - half}, true, nil
}

// once runs a chunk and its checkpoint. It gives the time that the rows took, without the wait for
// a turn to write and without the commit: a smaller chunk would not wait less.
func (w *walker) once(ctx context.Context, conn *sql.Conn, s chunk) (time.Duration, error) {
	if w.walk.Diff != nil {
		return w.compare(ctx, conn, s)
	}
	tx, err := w.r.begin(ctx, w.walk.Table, conn)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	start := time.Now()
	rows, err := ranged(ctx, tx, w.walk.Do, w.bounds(s))
	took := time.Since(start)
	if err != nil {
		return took, err
	}
	return took, w.save(ctx, tx, tx.Commit, rows, func(c cursor) cursor { return c.with(s) })
}

// save writes the checkpoint and commits it, with the chunk where it has one. One at a time:
// a checkpoint holds all ranges, so it must know of every one that was committed before it.
func (w *walker) save(ctx context.Context, s session, commit func() error, rows int64, change func(cursor) cursor) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	w.mu.Lock()
	next := change(w.cover)
	w.mu.Unlock()
	if err := w.r.journal.checkpoint(ctx, s, w.i, next, rows); err != nil {
		return err
	}
	w.r.trip(w.i, "chunk")
	if err := commit(); err != nil {
		return err
	}
	w.mu.Lock()
	w.cover = next
	w.mu.Unlock()
	w.r.progress.add(rows)
	w.r.losses.Store(0)
	w.r.trip(w.i, "checkpoint")
	return nil
}

// bounds is what a chunk's statements are run with.
func (w *walker) bounds(s chunk) bind { return bind{lo: s.Lo, hi: s.Hi, began: w.r.rec.began()} }

// ranged runs statements for a chunk and adds up their rows.
func ranged(ctx context.Context, s session, stmts []plan.Ranged, b bind) (int64, error) {
	var rows int64
	for _, d := range stmts {
		stmt := d.Shape(b.lo != nil, b.hi != nil)
		args, err := b.args(stmt)
		if err != nil {
			return 0, err
		}
		res, err := s.ExecContext(ctx, stmt.SQL, args...)
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		rows += n
	}
	return rows, nil
}

// steer makes the next chunks take as long as they should, and rests as long as is wanted.
func (w *walker) steer(ctx context.Context, s chunk, took time.Duration) error {
	if s.rows > 0 && s.Hi != nil {
		factor := min(2, max(0.1, float64(w.aim)/float64(took+1)))
		w.mu.Lock()
		w.chunk = min(mostChunk, max(leastChunk, min(2*w.chunk, int64(float64(s.rows)*factor))))
		w.mu.Unlock()
	}
	w.r.mu.Lock()
	rest := time.Duration(w.r.rest * float64(took))
	w.r.mu.Unlock()
	if w.walk.Alone {
		rest += took
	}
	if rest <= 0 {
		return nil
	}
	return sleep(ctx, rest)
}

// narrow finds the row at which a chunk fails, the last of the fewest rows that fail together, and
// names it. It gives nil when none fails any more.
func (w *walker) narrow(ctx context.Context, conn *sql.Conn, s chunk, failure error) error {
	fault := w.r.srv.Fault(failure)
	passes, fails := int64(0), int64(0) // rows from the start; fails is 0 as long as it is not known
	for n := int64(1); fails == 0 || fails-passes > 1; {
		mid, err := w.next(ctx, s.Lo, s.Hi, n)
		if err != nil {
			return err
		}
		part := s
		if mid != nil {
			part.Hi = mid
		}
		err = w.dry(ctx, conn, part)
		switch {
		case err == nil && mid == nil:
			return nil
		case err == nil:
			passes = n
		case w.r.srv.Fault(err) != fault:
			return fmt.Errorf("%s: %w", w.place(s), failure)
		default:
			fails, failure = n, err
		}
		n *= 2
		if fails > 0 {
			n = (passes + fails) / 2
		}
	}
	last, err := w.next(ctx, s.Lo, s.Hi, fails)
	if err != nil || last == nil {
		return err
	}
	return fmt.Errorf("%s row %s: %w", w.walk.Table, named(w.walk.Names, last), failure)
}

// dry runs a chunk and takes it back.
func (w *walker) dry(ctx context.Context, conn *sql.Conn, s chunk) error {
	if w.walk.Diff != nil {
		_, err := w.differing(ctx, conn, s)
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = ranged(ctx, tx, w.walk.Do, w.bounds(s))
	return errors.Join(err, tx.Rollback())
}

// place says where a chunk is, for messages.
func (w *walker) place(s chunk) string {
	verb := "copy"
	if w.walk.Diff != nil {
		verb = "compare"
	}
	if s.Lo == nil {
		return verb + " the first rows of " + w.walk.Table
	}
	return fmt.Sprintf("%s %s after %s", verb, w.walk.Table, named(w.walk.Names, s.Lo))
}
