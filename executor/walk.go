package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"surefoot/planner"
)

// The size of chunks, in rows.
const (
	firstChunk = 1000
	leastChunk = 10
	mostChunk  = 200_000
	// mostAhead bounds how many chunks may be done beyond one that is not, and with it the
	// checkpoint's size.
	mostAhead = 32
)

// span is a key range: after Lo, up to and with Hi. A nil bound is the table's end on that side.
type span struct {
	Lo []string `json:"lo"`
	Hi []string `json:"hi"`

	order int64 // spans of one walk in key order
	rows  int64 // about how many rows it has; 0: not known
}

// coverage says which ranges of a walk are done: everything up to Low, and the spans Ahead of it.
type coverage struct {
	Low   []string `json:"low"` // nil: nothing yet
	Ahead []span   `json:"ahead,omitempty"`
	End   bool     `json:"end,omitempty"` // everything is done
	// Dirty are the spans that differed and must be compared again (verification only).
	Dirty []span `json:"dirty,omitempty"`
}

// with gives the coverage after s is done too.
func (c coverage) with(s span) coverage {
	at := len(c.Ahead)
	for at > 0 && c.Ahead[at-1].order > s.order {
		at--
	}
	c.Ahead = slices.Insert(slices.Clone(c.Ahead), at, s)
	for !c.End && len(c.Ahead) > 0 && slices.Equal(c.Ahead[0].Lo, c.Low) {
		c.Low, c.End = c.Ahead[0].Hi, c.Ahead[0].Hi == nil
		c.Ahead = c.Ahead[1:]
	}
	return c
}

// gaps gives what lies between the spans that are done, and the rest of the table behind them; the
// rest is nil when the last span reached the table's end. It numbers all spans in key order.
func (c *coverage) gaps() (between []span, rest *span) {
	if c.End {
		return nil, nil
	}
	from, order := c.Low, int64(0)
	for i := range c.Ahead {
		a := &c.Ahead[i]
		if !slices.Equal(from, a.Lo) {
			between = append(between, span{Lo: from, Hi: a.Lo, order: order})
			order++
		}
		a.order = order
		order++
		if from = a.Hi; from == nil {
			return between, nil
		}
	}
	return between, &span{Lo: from, order: order}
}

// walker walks one step's table.
type walker struct {
	r    *run
	i    int
	step planner.Step
	walk *planner.Walk
	aim  time.Duration // what a chunk should take

	saving sync.Mutex // one checkpoint at a time
	mu     sync.Mutex
	cover  coverage
	chunk  int64 // rows in the next chunk
	differ string
}

func (r *run) newWalker(i int) *walker {
	s := r.plan.Steps[i]
	w := &walker{r: r, i: i, step: s, walk: s.Walk, cover: r.marks[i].walked, chunk: firstChunk, aim: r.opts.ChunkTime}
	if w.aim <= 0 {
		w.aim = 500 * time.Millisecond
		if w.walk.Alone {
			w.aim = 100 * time.Millisecond
		}
	}
	return w
}

// walk runs a walk step from where its checkpoints end.
func (r *run) walk(ctx context.Context, i int) error {
	if r.marks[i].state == pending {
		if err := r.mark(ctx, r.srv.Pool(), i, begun); err != nil {
			return err
		}
		r.trip(i, "begun")
	}
	w := r.newWalker(i)
	r.mu.Lock()
	r.walks[i] = w
	r.mu.Unlock()
	if err := w.all(ctx); err != nil {
		return err
	}
	if w.walk.Diff != nil {
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	r.trip(i, "effect")
	return r.mark(ctx, r.srv.Pool(), i, done)
}

// all sends every range that is not done to the workers, and waits for them.
func (w *walker) all(parent context.Context) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	spans := make(chan span)
	var wg sync.WaitGroup
	workers := w.r.opts.Workers
	if w.walk.Alone {
		workers = 1
	}
	for range workers {
		wg.Go(func() {
			if err := w.work(ctx, spans); err != nil {
				stop(err)
			}
		})
	}
	wg.Go(func() {
		defer close(spans)
		if err := w.dispatch(ctx, spans); err != nil {
			stop(err)
		}
	})
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// dispatch cuts the table into spans.
func (w *walker) dispatch(ctx context.Context, spans chan<- span) error {
	w.mu.Lock()
	between, rest := w.cover.gaps()
	w.mu.Unlock()
	send := func(s span) error {
		select {
		case spans <- s:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for _, s := range between {
		if err := send(s); err != nil {
			return err
		}
	}
	for rest != nil {
		for w.ahead() >= mostAhead {
			if err := sleep(ctx, 20*time.Millisecond); err != nil {
				return err
			}
		}
		s := *rest
		s.rows = w.size()
		var err error
		if s.Hi, err = w.next(ctx, s.Lo, nil, s.rows); err != nil {
			return fmt.Errorf("%s: find the end of the next chunk: %w", w.place(s), err)
		}
		rest = &span{Lo: s.Hi, order: s.order + 1}
		if s.Hi == nil {
			rest = nil
		}
		if err := send(s); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) ahead() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.cover.Ahead)
}

func (w *walker) size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chunk
}

// low gives the key up to which the walk is done; all: the whole table is.
func (w *walker) low() (key []string, all bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cover.Low, w.cover.End
}

// next gives the key of the n-th row after lo, but not beyond hi; nil when there are fewer rows.
func (w *walker) next(ctx context.Context, lo, hi []string, n int64) ([]string, error) {
	stmt := w.walk.Next.Shape(lo != nil, hi != nil)
	keys, err := texts(ctx, w.r.srv.Pool(), stmt, bind{lo: lo, hi: hi, limit: n})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return keys[0], nil
}

// work runs chunks in a session of its own.
func (w *walker) work(ctx context.Context, spans <-chan span) error {
	conn, err := w.r.fresh(ctx, false)
	if err != nil {
		return err
	}
	defer discard(conn)
	for s := range spans {
		if err := w.finish(ctx, conn, s); err != nil {
			return err
		}
	}
	return nil
}

// finish runs a span's chunk until it is done. A chunk that meets a lock is tried again, in two
// parts where it can be cut.
func (w *walker) finish(ctx context.Context, conn *sql.Conn, s span) error {
	wait := backoff{50 * time.Millisecond, 5 * time.Second}
	for try := 1; ; try++ {
		if err := w.r.pass(ctx); err != nil {
			return err
		}
		start := time.Now()
		err := w.once(ctx, conn, s)
		if err == nil {
			return w.steer(ctx, s, time.Since(start))
		}
		if ctx.Err() != nil || w.r.lost(err) {
			return err
		}
		switch w.r.srv.Fault(err) {
		case planner.Busy:
			if try >= w.r.opts.Tries {
				return fmt.Errorf("%s, tried %d times: %w", w.place(s), try, err)
			}
			w.r.progress.waits(w.r.blockers(ctx, w.walk.Table, err))
		case planner.BadValue, planner.Duplicate:
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

// cut halves a span. Both halves keep its place in the order: the second is run after the first.
func (w *walker) cut(ctx context.Context, s span) (first, rest span, ok bool, err error) {
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
	return span{s.Lo, mid, s.order, half}, span{mid, s.Hi, s.order, s.rows - half}, true, nil
}

// once runs a chunk and its checkpoint.
func (w *walker) once(ctx context.Context, conn *sql.Conn, s span) error {
	if w.walk.Diff != nil {
		return w.compare(ctx, conn, s)
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	rows, err := ranged(ctx, tx, w.walk.Do, s)
	if err != nil {
		return err
	}
	return w.save(ctx, tx, tx.Commit, rows, func(c coverage) coverage { return c.with(s) })
}

// save writes the checkpoint and commits it, with the chunk where it has one. One at a time:
// a checkpoint holds all ranges, so it must know of every one that was committed before it.
func (w *walker) save(ctx context.Context, s session, commit func() error, rows int64, change func(coverage) coverage) error {
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

// ranged runs statements for a span and adds up their rows.
func ranged(ctx context.Context, s session, stmts []planner.Ranged, at span) (int64, error) {
	var rows int64
	for _, d := range stmts {
		stmt := d.Shape(at.Lo != nil, at.Hi != nil)
		args, err := bind{lo: at.Lo, hi: at.Hi}.args(stmt)
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
func (w *walker) steer(ctx context.Context, s span, took time.Duration) error {
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

// narrow finds the row at which a chunk fails and names it. It gives nil when none fails any more.
func (w *walker) narrow(ctx context.Context, conn *sql.Conn, s span, failure error) error {
	fault, n := w.r.srv.Fault(failure), max(s.rows, firstChunk)
	for {
		half := max(1, n/2)
		mid, err := w.next(ctx, s.Lo, s.Hi, half)
		if err != nil {
			return err
		}
		part := span{Lo: s.Lo, Hi: mid}
		if mid == nil { // fewer rows than that are left
			if n == 1 {
				return nil
			}
			n = half
			continue
		}
		err = w.dry(ctx, conn, part)
		switch {
		case err == nil:
			s.Lo, n = mid, max(1, n-half)
		case w.r.srv.Fault(err) != fault:
			return fmt.Errorf("%s: %w", w.place(s), failure)
		case half == 1:
			return fmt.Errorf("%s row %s: %w", w.walk.Table, named(w.walk.Names, mid), err)
		default:
			s.Hi, n, failure = mid, half, err
		}
	}
}

// dry runs a span and takes it back.
func (w *walker) dry(ctx context.Context, conn *sql.Conn, s span) error {
	if w.walk.Diff != nil {
		_, err := w.differing(ctx, conn, s)
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = ranged(ctx, tx, w.walk.Do, s)
	return errors.Join(err, tx.Rollback())
}

// place says where a span is, for messages.
func (w *walker) place(s span) string {
	verb := "copy"
	if w.walk.Diff != nil {
		verb = "compare"
	}
	if s.Lo == nil {
		return verb + " the first rows of " + w.walk.Table
	}
	return fmt.Sprintf("%s %s after %s", verb, w.walk.Table, named(w.walk.Names, s.Lo))
}

// named gives a key for people: "id=42, day=2026-01-31".
func named(names, key []string) string {
	parts := slices.Clone(key)
	for i := range parts {
		if i < len(names) {
			parts[i] = names[i] + "=" + key[i]
		}
	}
	if len(names) < len(key) {
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return strings.Join(parts, ", ")
}
