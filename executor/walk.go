package executor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"surefoot/plan"
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

// walker walks one step's table.
type walker struct {
	r    *run
	i    int
	step plan.Step
	walk *plan.Walk
	aim  time.Duration // what a chunk should take

	saving sync.Mutex // one checkpoint at a time
	mu     sync.Mutex
	cover  cursor
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
	spans := make(chan chunk)
	var wg sync.WaitGroup
	workers := w.r.opts.Workers
	if w.walk.Workers > 0 {
		workers = min(workers, w.walk.Workers)
	}
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

// dispatch cuts the table into chunks.
func (w *walker) dispatch(ctx context.Context, spans chan<- chunk) error {
	w.mu.Lock()
	between, rest := w.cover.gaps()
	w.mu.Unlock()
	send := func(s chunk) error {
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
		rest = &chunk{Lo: s.Hi, order: s.order + 1}
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
func (w *walker) work(ctx context.Context, spans <-chan chunk) error {
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
