package executor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/plan"
)

const (
	// mostRounds bounds how often ranges that differ are repaired.
	mostRounds = 5
	// mostDirty bounds the ranges that wait to be compared again. More of them than that is no
	// accident that a repair puts right.
	mostDirty = 100
	// shown is how many differing keys a message names.
	shown = 5
)

// compare compares a range of both tables. Where it differs, all its keys go into the log, so that
// the feed makes it right, and the range is noted to be compared again.
func (w *walker) compare(ctx context.Context, conn *sql.Conn, s chunk) (time.Duration, error) {
	start := time.Now()
	keys, err := w.differing(ctx, conn, s)
	took := time.Since(start)
	if err != nil {
		return took, err
	}
	if len(keys) == 0 {
		none := func() error { return nil }
		if err := w.save(ctx, w.r.srv.Pool(), none, 0, func(c cursor) cursor { return c.with(s) }); err != nil {
			return took, err
		}
		if s.Hi != nil {
			w.r.progress.add(s.rows)
		}
		return took, nil
	}
	return took, w.repair(ctx, conn, s, keys, func(c cursor) cursor {
		c = c.with(s)
		c.Dirty = append(slices.Clone(c.Dirty), s)
		return c
	})
}

// differing gives the first keys that differ in a range.
func (w *walker) differing(ctx context.Context, conn *sql.Conn, s chunk) ([][]string, error) {
	b := w.bounds(s)
	b.limit = shown
	return texts(ctx, conn, w.walk.Diff.Shape(s.Lo != nil, s.Hi != nil), b)
}

// repair puts a range's keys into the log, together with the checkpoint.
func (w *walker) repair(ctx context.Context, conn *sql.Conn, s chunk, keys [][]string, change func(cursor) cursor) error {
	w.mu.Lock()
	w.differ = w.names(keys)
	many := len(w.cover.Dirty) >= mostDirty
	w.mu.Unlock()
	if w.walk.Breach != "" {
		return fmt.Errorf("%s: %s", w.walk.Breach, w.names(keys))
	}
	if many || w.r.feeds[w.step.Table] == nil || len(w.walk.Repair) == 0 {
		return fmt.Errorf("the copy of %s differs from it: %s", w.walk.Table, w.names(keys))
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if _, err := ranged(ctx, tx, w.walk.Repair, w.bounds(s)); err != nil {
		return err
	}
	if err := w.save(ctx, tx, tx.Commit, 0, change); err != nil {
		return err
	}
	w.r.progress.tell(Message, "differs and is repaired: "+w.names(keys))
	return nil
}

func (w *walker) names(keys [][]string) string {
	var list []string
	for _, k := range keys {
		list = append(list, "row "+named(w.walk.Names, k))
	}
	return strings.Join(list, "; ")
}

// settle compares the ranges that differed until none does. Each is compared after the feed has
// applied what the repair put into the log: before, its keys would only be passed over.
func (w *walker) settle(ctx context.Context) error {
	for round := 1; ; round++ {
		w.mu.Lock()
		dirty := w.cover.Dirty
		w.mu.Unlock()
		if len(dirty) == 0 {
			return nil
		}
		if round > mostRounds {
			return fmt.Errorf("the copy of %s differs from it after %d repairs: %s", w.walk.Table, mostRounds, w.differ)
		}
		if err := w.r.feeds[w.step.Table].catchUp(ctx); err != nil {
			return err
		}
		for _, s := range dirty {
			if err := w.r.patiently(ctx, w.walk.Table, func() error { return w.again(ctx, s) }); err != nil {
				return err
			}
		}
	}
}

// again compares a range once more.
func (w *walker) again(ctx context.Context, s chunk) error {
	conn, err := w.r.fresh(ctx, false)
	if err != nil {
		return err
	}
	defer discard(conn)
	keys, err := w.differing(ctx, conn, s)
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		return w.repair(ctx, conn, s, keys, func(c cursor) cursor { return c })
	}
	return w.save(ctx, w.r.srv.Pool(), func() error { return nil }, 0, func(c cursor) cursor {
		c.Dirty = slices.DeleteFunc(slices.Clone(c.Dirty), func(d chunk) bool {
			return slices.Equal(d.Lo, s.Lo) && slices.Equal(d.Hi, s.Hi)
		})
		return c
	})
}

// copyOf finds the walk that fills the table which the feed of a step keeps current; -1: there is
// none, the table was whole when the feed began.
func copyOf(p *plan.Plan, feedStep int) int {
	table, found := p.Steps[feedStep].Table, -1
	for i := feedStep + 1; i < len(p.Steps); i++ {
		s := p.Steps[i]
		if s.Table != table {
			continue
		}
		if s.Capture != nil || s.EndCapture {
			break
		}
		if s.Walk != nil && s.Walk.Diff == nil {
			found = i
		}
	}
	return found
}
