package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"surefoot/plan"
)

// The size of a feed's batches, in log entries.
const (
	firstBatch = 200
	leastBatch = 10
	mostBatch  = 2000
	// widest is what a batch grows to while it looks for the other half of an exchange of unique
	// values.
	widest = 50_000
	// mostParked bounds the entries of a reverse feed that do not fit the old table.
	mostParked = 1000
	// mostCounted bounds how far the backlog is counted.
	mostCounted = 100_000
)

// feed is the one applier of a table's captured keys.
type feed struct {
	r     *run
	pos   int // the step that names it
	spec  *plan.Capture
	began string        // when the run began, in seconds since 1970
	copy  int           // the walk that fills the target, or -1
	aim   time.Duration // what a batch should take

	turn   sync.Mutex // held while a batch is applied, and by a cut-over
	batch  int64
	asked  atomic.Int64 // laps that were asked for
	served atomic.Int64 // laps that are done
	rest   atomic.Int64 // how many entries the last of them found
	clash  int          // batches in a row that met a taken unique key
	counts time.Time
	cancel context.CancelFunc
	ended  chan struct{}
	wake   chan struct{}

	mu     sync.Mutex
	parked map[string]string // entries of a reverse feed that do not fit: id to key
	retry  time.Time         // when one of them is tried again
}

// startFeeds starts the feeds that the steps done so far have made active.
func (r *run) startFeeds(ctx context.Context) {
	for _, i := range active(r.plan, r.marks) {
		r.startFeed(ctx, i)
	}
}

// active gives, for each table, the step whose feed keeps it current.
func active(p *plan.Plan, marks []checkpoint) map[string]int {
	steps := map[string]int{}
	for i, s := range p.Steps {
		if marks[i].state != done {
			break
		}
		if s.EndCapture {
			delete(steps, s.Table)
		}
		if s.Capture != nil {
			steps[s.Table] = i
		}
	}
	return steps
}

// startFeed makes the feed that a step names the active one of its table.
func (r *run) startFeed(ctx context.Context, i int) {
	s := r.plan.Steps[i]
	r.endFeed(s.Table)
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{
		r: r, pos: i, spec: s.Capture, began: r.rec.began(), copy: copyOf(r.plan, i), aim: 200 * time.Millisecond, batch: firstBatch,
		cancel: cancel, ended: make(chan struct{}), wake: make(chan struct{}, 1), parked: map[string]string{},
	}
	if slices.ContainsFunc(r.plan.Steps, func(s plan.Step) bool { return s.Walk != nil && s.Walk.Alone }) {
		f.aim = 50 * time.Millisecond
	}
	r.mu.Lock()
	r.feeds[s.Table] = f
	r.mu.Unlock()
	r.wg.Go(func() {
		defer close(f.ended)
		if err := f.run(ctx); err != nil && ctx.Err() == nil {
			r.stop(&StepError{Number: i + 1, Step: s, Err: err})
		}
	})
}

// endFeed stops a table's feed and waits for its last batch.
func (r *run) endFeed(table string) {
	r.mu.Lock()
	f := r.feeds[table]
	delete(r.feeds, table)
	r.mu.Unlock()
	if f != nil {
		f.cancel()
		<-f.ended
	}
}

// run applies batches until its context ends.
func (f *feed) run(ctx context.Context) error {
	conn, err := f.r.fresh(ctx, false)
	if err != nil {
		return err
	}
	defer discard(conn)
	wait := backoff{50 * time.Millisecond, 5 * time.Second}
	for fails := 0; ctx.Err() == nil; {
		start := time.Now()
		n, err := f.once(ctx, conn)
		took := time.Since(start)
		if err == nil {
			fails, wait.next = 0, 50*time.Millisecond
			// One transaction for many keys costs less than many: where little came, it lets more
			// come. The longer it took to find little, the later it looks again.
			if int64(n) < f.batch/2 {
				f.idle(ctx, min(time.Second, max(100*time.Millisecond, 2*took)))
			}
			continue
		}
		fails++
		if ctx.Err() != nil || f.r.srv.Fault(err) != plan.Busy || fails > f.r.opts.Tries {
			return fmt.Errorf("apply captured changes: %w", err)
		}
		f.batch = max(leastBatch, f.batch/2)
		_ = wait.wait(ctx)
	}
	return nil
}

// idle waits, but not when somebody waits for it to catch up.
func (f *feed) idle(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-f.wake:
	case <-t.C:
	}
}

// once takes and applies one batch; n is the number of log entries that are gone.
func (f *feed) once(ctx context.Context, conn *sql.Conn) (n int, err error) {
	f.turn.Lock()
	defer f.turn.Unlock()
	if ctx.Err() != nil {
		return 0, nil
	}
	if err := f.count(ctx, conn); err != nil {
		return 0, err
	}
	if err := f.tryAgain(ctx, conn); err != nil {
		return 0, err
	}
	lap, limit := f.asked.Load(), f.batch
	ids, whole, err := f.take(ctx, conn, limit)
	if err != nil {
		return 0, err
	}
	if len(ids) > 0 {
		took, err := f.apply(ctx, conn, ids)
		if err != nil {
			return 0, f.failed(ctx, conn, ids, err)
		}
		f.clash = 0
		f.steer(len(ids), took)
	}
	if whole && int64(len(ids)) < limit {
		f.rest.Store(int64(len(ids)))
		f.served.Store(lap)
	}
	return len(ids), nil
}

// take gives the oldest log entries. While the target is being filled, only those whose key lies in
// a range that is committed: the copier and the feed never touch the same row. whole: there was no
// such bound.
func (f *feed) take(ctx context.Context, s session, limit int64) (ids []string, whole bool, err error) {
	low, whole := f.bound()
	if !whole && low == nil {
		return nil, false, nil
	}
	stmt := f.spec.Take
	if !whole {
		stmt = f.spec.TakeBelow
	}
	f.mu.Lock()
	parked := int64(len(f.parked))
	f.mu.Unlock()
	rows, err := texts(ctx, s, stmt, bind{hi: low, limit: limit + parked})
	if err != nil {
		return nil, whole, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, row := range rows {
		if _, bad := f.parked[row[0]]; !bad && int64(len(ids)) < limit {
			ids = append(ids, row[0])
		}
	}
	return ids, whole, nil
}

// bound gives the key up to which the target is filled; all: it is whole.
func (f *feed) bound() (low []string, all bool) {
	if f.copy < 0 {
		return nil, true
	}
	f.r.mu.Lock()
	filled, w := f.r.marks[f.copy].state == done, f.r.walks[f.copy]
	f.r.mu.Unlock()
	if filled || w == nil {
		return nil, filled
	}
	return w.low()
}

// apply makes the target's rows what the source's are now, and clears the log of those entries.
func (f *feed) apply(ctx context.Context, conn *sql.Conn, ids []string) (took time.Duration, err error) {
	tx, err := f.r.begin(ctx, f.r.plan.Steps[f.pos].Table, conn)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	start := time.Now()
	if err := f.statements(ctx, tx, ids); err != nil {
		return 0, err
	}
	took = time.Since(start)
	if err := f.r.journal.fence(ctx, tx, f.pos, len(ids)); err != nil {
		return took, err
	}
	f.r.trip(f.pos, "apply")
	return took, tx.Commit()
}

func (f *feed) statements(ctx context.Context, s session, ids []string) error {
	for _, stmt := range f.spec.Apply {
		args, err := bind{ids: ids, began: f.began}.args(stmt)
		if err != nil {
			return err
		}
		if _, err := s.ExecContext(ctx, stmt.SQL, args...); err != nil {
			return err
		}
	}
	return nil
}

func (f *feed) steer(n int, took time.Duration) {
	if int64(n) < f.batch && took < f.aim {
		return
	}
	factor := min(2, max(0.25, float64(f.aim)/float64(took+1)))
	f.batch = min(mostBatch, max(leastBatch, int64(float64(n)*factor)))
}

// count reads the backlog, once a second.
func (f *feed) count(ctx context.Context, conn *sql.Conn) error {
	if time.Since(f.counts) < time.Second {
		return nil
	}
	f.counts = time.Now()
	n, err := backlog(ctx, conn, f.spec)
	if err == nil {
		f.r.progress.backlog(n)
	}
	return err
}

func backlog(ctx context.Context, s session, spec *plan.Capture) (int64, error) {
	rows, err := texts(ctx, s, spec.Backlog, bind{limit: mostCounted})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return strconv.ParseInt(rows[0][0], 10, 64)
}

// catchUp waits until everything that is in the log now has been applied.
func (f *feed) catchUp(ctx context.Context) error {
	mine := f.asked.Add(1)
	select {
	case f.wake <- struct{}{}:
	default:
	}
	for f.served.Load() < mine {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-f.ended:
			return errors.New("the old table is no longer kept current: too many changes do not fit it")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
