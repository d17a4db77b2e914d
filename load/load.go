package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Options say what to write, where and how fast.
type Options struct {
	URL     string // as for Open
	Table   string
	Shape   Shape
	Rows    int64        // how many rows were seeded
	Writers int          // 0: 8
	Rate    float64      // writes a second in all; 0: as many as go
	Seed    uint64       // of the random numbers
	Weights map[Kind]int // nil: DefaultWeights

	// JournalPath is a file to append the journal to; empty for none. If it has
	// a journal of this table, the load continues it.
	JournalPath string
	// TolerateDisconnects counts lost connections apart from errors. The writers
	// reconnect in either case.
	TolerateDisconnects bool
	// StopTimeout is how long Stop waits for writes under way; 0: 30 s. What is
	// not answered by then stays pending.
	StopTimeout time.Duration
}

// DefaultWeights is the mix of an application that mostly updates.
func DefaultWeights() map[Kind]int {
	return map[Kind]int{Insert: 25, Update: 42, Rekey: 5, Delete: 8, Upsert: 10, Transaction: 8, Rollback: 2}
}

// Load is a set of running writers.
type Load struct {
	opts    Options
	db      *sql.DB
	record  *recorder
	limit   *rate.Limiter
	writers []*writer
	block   int64 // indices a writer owns
	started time.Time
	silence silence
	journal *Journal // complete after Stop

	stopping context.Context // ends when the writers shall compose no more
	stop     context.CancelFunc
	running  context.Context // ends when writes under way are given up
	giveUp   context.CancelFunc
	done     sync.WaitGroup
	once     sync.Once
	result   Report
	stopErr  error
}

// Start opens a pool of its own and starts the writers. They run until Stop, or
// until ctx ends; Stop must be called in either case.
func Start(ctx context.Context, opts Options) (*Load, error) {
	opts = opts.withDefaults()
	db, engine, err := Open(opts.URL)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(opts.Writers + 1)
	db.SetMaxIdleConns(opts.Writers + 1)
	l, err := newLoad(ctx, opts, db, engine)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start load on %s: %w", opts.Table, err), db.Close())
	}
	for _, w := range l.writers {
		l.done.Go(w.run)
	}
	return l, nil
}

func (o Options) withDefaults() Options {
	if o.Writers == 0 {
		o.Writers = 8
	}
	if o.Weights == nil {
		o.Weights = DefaultWeights()
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = 30 * time.Second
	}
	return o
}

func newLoad(ctx context.Context, opts Options, db *sql.DB, engine string) (*Load, error) {
	if _, err := ParseShape(string(opts.Shape)); err != nil {
		return nil, err
	}
	if opts.Rows > MaxRows {
		return nil, fmt.Errorf("%d rows are more than %d", opts.Rows, int64(MaxRows))
	}
	fresh := NewJournal(engine, opts.Shape, opts.Table, opts.Rows)
	past, last, err := continued(opts.JournalPath, fresh)
	if err != nil {
		return nil, err
	}
	l := &Load{opts: opts, db: db, journal: past, limit: rate.NewLimiter(rate.Inf, 1), started: time.Now()}
	if opts.Rate > 0 {
		l.limit = rate.NewLimiter(rate.Limit(opts.Rate), max(1, int(opts.Rate/100)))
	}
	if l.record, err = newRecorder(opts.JournalPath, fresh, last); err != nil {
		return nil, err
	}
	l.stopping, l.stop = context.WithCancel(ctx)
	l.running, l.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	texts := newStatements(engine, opts.Shape, opts.Table)
	if err := l.settlePast(ctx, texts); err != nil {
		l.stop()
		l.giveUp()
		return nil, errors.Join(err, l.record.close())
	}
	l.hire(texts)
	return l, nil
}

// continued is the journal in the file, if there is one, or fresh.
func continued(path string, fresh *Journal) (*Journal, uint64, error) {
	if path == "" {
		return fresh, 0, nil
	}
	past, last, err := replay(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if past.Engine != fresh.Engine || past.Table != fresh.Table || past.Shape != fresh.Shape || past.Rows != fresh.Rows {
		return nil, 0, fmt.Errorf("journal %s is of another table: %s %s, shape %s, %d rows",
			path, past.Engine, past.Table, past.Shape, past.Rows)
	}
	return past, last, nil
}

// hire makes the writers, each with its block of indices.
func (l *Load) hire(texts statements) {
	count := int64(l.opts.Writers)
	block := max(l.opts.Rows/count, 1024)
	l.block = block
	serial := l.journal.highestSerial()
	for n := range count {
		j := NewJournal(l.journal.Engine, l.journal.Shape, l.journal.Table, l.journal.Rows)
		l.writers = append(l.writers, &writer{
			load: l, sql: texts, weights: l.opts.Weights, journal: j, stats: newStats(), serial: serial,
			rng: rand.New(rand.NewPCG(l.opts.Seed, uint64(n))),
			low: n*block + 1, high: (n + 1) * block, keep: n%2 == 1, kept: map[string]*sql.Stmt{},
		})
	}
	for key, c := range l.journal.cells {
		index := l.journal.Shape.indexOf(key, l.journal.Rows)
		if index == 0 && c.live {
			index = c.row.Ref >> serialBits
		}
		owner := l.owner(index)
		owner.journal.cells[key] = c
		if c.live {
			owner.remember(key)
		}
	}
}

// highestSerial is the highest number part used in a key or a ref.
func (j *Journal) highestSerial() int64 {
	const mask = 1<<serialBits - 1
	highest := int64(0)
	for key, c := range j.cells {
		if number := j.Shape.numberOf(key); number > mask {
			highest = max(highest, number&mask)
		}
		highest = max(highest, c.row.Ref&mask)
	}
	return highest
}

// settlePast finds out what became of the writes a killed load left open.
func (l *Load) settlePast(ctx context.Context, texts statements) error {
	clerk := &writer{load: l, sql: texts, journal: l.journal, stats: newStats()}
	// Writers would only repeat that there is no such table.
	if _, err := clerk.look(ctx, &effect{key: 1}); err != nil && !errors.Is(err, errForeign) {
		return err
	}
	for _, open := range l.journal.pending {
		if err := clerk.settle(ctx, open); err != nil {
			return fmt.Errorf("settle write %d of the journal: %w", open.id, err)
		}
	}
	l.journal.pending = nil
	return nil
}

// owner is the writer of an index; the last one if another number of writers
// gave it out.
func (l *Load) owner(index int64) *writer {
	return l.writers[min(max(index-1, 0)/l.block, int64(len(l.writers)-1))]
}

// Stop ends the writers after the write each has under way, and reports. It may
// be called again and returns the same.
func (l *Load) Stop() (Report, error) {
	l.once.Do(func() {
		l.stop()
		timer := time.AfterFunc(l.opts.StopTimeout, l.giveUp)
		l.done.Wait()
		timer.Stop()
		l.giveUp()
		l.result = l.Snapshot()
		l.merge()
		l.result.Pending, l.result.Breaches = len(l.journal.pending), l.journal.breaches
		l.stopErr = errors.Join(l.record.close(), l.db.Close())
	})
	return l.result, l.stopErr
}

// Snapshot reports what was seen so far, while the writers run.
func (l *Load) Snapshot() Report {
	all := make([]*stats, len(l.writers))
	for i, w := range l.writers {
		all[i] = w.stats
	}
	r := report(l.started, time.Since(l.started), all)
	r.LongestSilence = l.silence.longest(l.started)
	return r
}

// merge puts the writers' journals into one. A key that two writers hold was
// handed out twice by the server.
func (l *Load) merge() {
	cells := map[int64]cell{}
	for _, w := range l.writers {
		for key, c := range w.journal.cells {
			if other, twice := cells[key]; twice {
				l.journal.breaches = append(l.journal.breaches, Breach{
					At: time.Now(), Op: Insert, Key: l.journal.Shape.show(key), Expected: other.String(), Found: c.String(),
				})
			}
		}
		maps.Copy(cells, w.journal.cells)
		l.journal.pending = append(l.journal.pending, w.journal.pending...)
		l.journal.breaches = append(l.journal.breaches, w.journal.breaches...)
	}
	l.journal.cells = cells
}

// Journal is what must be in the table. It is complete after Stop.
func (l *Load) Journal() *Journal { return l.journal }

// silence measures the time between answers to any writer.
type silence struct {
	last, from, length atomic.Int64 // nanoseconds since the start; from and length: of the longest
}

func (s *silence) answered(started time.Time) {
	now := int64(time.Since(started))
	before := s.last.Swap(now)
	if gap := now - before; gap > s.length.Load() {
		s.length.Store(gap) // two writers at once: the loser's gap is about the same
		s.from.Store(before)
	}
}

// longest counts the silence that is not over yet.
func (s *silence) longest(started time.Time) Stall {
	last := s.last.Load()
	if open := time.Since(started) - time.Duration(last); open > time.Duration(s.length.Load()) {
		return Stall{At: started.Add(time.Duration(last)), Length: open}
	}
	return Stall{At: started.Add(time.Duration(s.from.Load())), Length: time.Duration(s.length.Load())}
}
