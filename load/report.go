package load

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Kind is what a write does.
type Kind string

// The kinds of writes.
const (
	Insert      Kind = "insert"
	Update      Kind = "update"
	Rekey       Kind = "rekey" // an update of the primary key
	Delete      Kind = "delete"
	Upsert      Kind = "upsert"
	Transaction Kind = "transaction" // two to five of the others, committed
	Rollback    Kind = "rollback"    // the same, rolled back
)

var kinds = []Kind{Insert, Update, Rekey, Delete, Upsert, Transaction, Rollback}

// Report is what a load saw.
type Report struct {
	Started time.Time
	Elapsed time.Duration
	Ops     int64   // writes with a known outcome: acknowledged, or rolled back on purpose
	Rate    float64 // Ops a second
	Kinds   map[Kind]Latency

	LongestStall   Stall // the longest one write took, waiting for a lost server included
	LongestSilence Stall // the longest time in which no writer got an answer

	Errors      []OpError // statements that failed; the first maxListed
	ErrorCount  int64
	Disconnects []OpError // connections lost, if tolerated; the first maxListed
	Lost        int64     // how many of these
	OwnLocks    int64     // deadlocks among the load's own statements alone, each of which took one back
	Unknown     int64     // writes whose outcome was unknown and was read from the table
	Pending     int       // writes whose outcome is still unknown
	Breaches    []Breach
}

// Latency is the time from sending a write to its answer.
type Latency struct {
	Count    int64
	P50, P99 time.Duration
	Max      time.Duration
}

// Stall is a length of time and when it began.
type Stall struct {
	At     time.Time
	Length time.Duration
}

// OpError is a write that failed.
type OpError struct {
	At   time.Time
	Op   Kind
	Key  string
	Text string // the server's own
}

// maxListed is how many errors a report keeps in full.
const maxListed = 1000

// Err is nil if no statement failed and nothing was seen that cannot be.
func (r Report) Err() error {
	switch {
	case len(r.Breaches) > 0:
		return fmt.Errorf("load: %d breaches, the first: %s", len(r.Breaches), r.Breaches[0])
	case r.ErrorCount > 0:
		first := r.Errors[0]
		return fmt.Errorf("load: %d statements failed, the first: %s of %s at %s: %s", r.ErrorCount, first.Op,
			first.Key, first.At.Format(time.RFC3339Nano), first.Text)
	}
	return nil
}

// String is a short table for a person.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d writes in %s, %.0f a second\n", r.Ops, r.Elapsed.Round(time.Millisecond), r.Rate)
	fmt.Fprintf(&b, "%-12s %9s %10s %10s %10s\n", "kind", "count", "p50", "p99", "max")
	for _, kind := range kinds {
		l := r.Kinds[kind]
		fmt.Fprintf(&b, "%-12s %9d %10s %10s %10s\n", kind, l.Count, short(l.P50), short(l.P99), short(l.Max))
	}
	fmt.Fprintf(&b, "longest stall %s, longest silence %s\n", short(r.LongestStall.Length), short(r.LongestSilence.Length))
	fmt.Fprintf(&b, "errors %d, deadlocks among its own %d, connections lost %d, outcomes unknown %d (still: %d), breaches %d\n",
		r.ErrorCount, r.OwnLocks, r.Lost, r.Unknown, r.Pending, len(r.Breaches))
	return b.String()
}

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

// stats is what one writer counts. Snapshot reads it while the writer runs.
type stats struct {
	mu          sync.Mutex
	latency     map[Kind]*hdrhistogram.Histogram // microseconds
	stall       Stall
	errors      []OpError
	errorCount  int64
	disconnects []OpError
	lost        int64
	ownLocks    int64
	unknown     int64
	breaches    []Breach
}

func newStats() *stats {
	s := &stats{latency: map[Kind]*hdrhistogram.Histogram{}}
	for _, kind := range kinds {
		s.latency[kind] = newHistogram()
	}
	return s
}

// newHistogram holds 1 µs to 10 minutes with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 600_000_000, 3) }

// answered counts a write whose outcome is known.
func (s *stats) answered(kind Kind, started time.Time, answer bool) {
	took := time.Since(started)
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer {
		_ = s.latency[kind].RecordValue(min(took.Microseconds(), 600_000_000)) // in range by the min
	}
	if took > s.stall.Length {
		s.stall = Stall{At: started, Length: took}
	}
}

func (s *stats) failed(e OpError, tolerated bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, count := &s.errors, &s.errorCount
	if tolerated {
		list, count = &s.disconnects, &s.lost
	}
	*count++
	if len(*list) < maxListed {
		*list = append(*list, e)
	}
}

func (s *stats) breach(b Breach) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.breaches = append(s.breaches, b)
}

// report adds up what the writers counted.
func report(started time.Time, elapsed time.Duration, all []*stats) Report {
	r := Report{Started: started, Elapsed: elapsed, Kinds: map[Kind]Latency{}}
	sums := newStats().latency
	for _, s := range all {
		s.mu.Lock()
		for kind, h := range s.latency {
			sums[kind].Merge(h)
		}
		if s.stall.Length > r.LongestStall.Length {
			r.LongestStall = s.stall
		}
		r.Errors = append(r.Errors, s.errors...)
		r.ErrorCount += s.errorCount
		r.Disconnects = append(r.Disconnects, s.disconnects...)
		r.Lost += s.lost
		r.OwnLocks += s.ownLocks
		r.Unknown += s.unknown
		r.Breaches = append(r.Breaches, s.breaches...)
		s.mu.Unlock()
	}
	r.Errors = r.Errors[:min(len(r.Errors), maxListed)]
	r.Disconnects = r.Disconnects[:min(len(r.Disconnects), maxListed)]
	micros := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	for kind, h := range sums {
		r.Kinds[kind] = Latency{
			Count: h.TotalCount(), P50: micros(h.ValueAtQuantile(50)), P99: micros(h.ValueAtQuantile(99)), Max: micros(h.Max()),
		}
		r.Ops += h.TotalCount()
	}
	if elapsed > 0 {
		r.Rate = float64(r.Ops) / elapsed.Seconds()
	}
	return r
}
