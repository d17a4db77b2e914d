package executor

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"surefoot/plan"
)

// run is one run in the hands of this process.
type run struct {
	srv  Server
	opts Options
	id   string
	plan *plan.Plan

	journal  *journal
	progress *progress
	pulse    time.Time    // when this process last had the run's lock
	losses   atomic.Int64 // connections lost since anything was done
	had      bool         // the lock was had before: whoever has it now may be our own dead session
	lock     *sql.Conn    // the session that holds the lock, kept while the run turns round

	// What follows belongs to one session of the lock and is made anew after each loss.
	rec   *record
	marks []checkpoint
	feeds map[string]*feed // by table
	stop  context.CancelCauseFunc
	wg    sync.WaitGroup

	mu     sync.Mutex
	walks  map[int]*walker // the walks that have begun, by step
	paused bool
	rest   float64 // throttle
}

// ID gives the name that a plan's run has when the operator gives none.
func ID(p *plan.Plan) string {
	_, sum, ok := strings.Cut(hashOf(p), ":")
	if !ok {
		sum = p.Hash
	}
	return sum[:min(12, len(sum))]
}

// hashOf gives the plan's hash, also for one that was made by hand.
func hashOf(p *plan.Plan) string {
	if p.Hash != "" {
		return p.Hash
	}
	b, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("a plan is plain data: %v", err))
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func lockName(id string) string { return "surefoot:" + id }

// Run carries a plan out, or goes on with it where an earlier call stopped.
func Run(ctx context.Context, srv Server, p *plan.Plan, opts Options) (Outcome, error) {
	id := opts.ID
	if id == "" {
		id = ID(p)
	}
	if err := prepare(ctx, srv); err != nil {
		return Outcome{ID: id, State: Failed}, err
	}
	return newRun(srv, id, p, opts).keep(ctx)
}

func newRun(srv Server, id string, p *plan.Plan, opts Options) *run {
	opts = opts.filled()
	InTimeZone(srv, p)
	return &run{srv: srv, opts: opts, id: id, plan: p, progress: newProgress(id, len(p.Steps), opts.Notify)}
}

// Resume goes on with a run whose plan is in the journal.
func Resume(ctx context.Context, srv Server, id string, opts Options) (Outcome, error) {
	c, err := one(ctx, srv, id)
	if err != nil {
		return Outcome{ID: id}, err
	}
	if State(c.state).over() {
		return Outcome{ID: c.id, State: State(c.state)}, nil
	}
	p, _, err := stored(ctx, &journal{srv: srv, id: c.id}, c)
	if err != nil {
		return Outcome{ID: c.id}, err
	}
	return newRun(srv, c.id, p, opts).keep(ctx)
}

// Continue lets a run go past the hold at which it stands.
func Continue(ctx context.Context, srv Server, id string, opts Options) (Outcome, error) {
	return sendAndDo(ctx, srv, id, Command{Word: "continue"}, opts)
}

// Finish contracts: it drops what only a rollback would need. There is no way back from it.
func Finish(ctx context.Context, srv Server, id string, opts Options) (Outcome, error) {
	return sendAndDo(ctx, srv, id, Command{Word: "finish"}, opts)
}

// Rollback takes a run back, step by step, and loses no write.
func Rollback(ctx context.Context, srv Server, id string, opts Options) (Outcome, error) {
	return sendAndDo(ctx, srv, id, Command{Word: "rollback"}, opts)
}

// stateAfter tells what a run is when a word has been followed. Who says it again, because the command was
// killed with its last breath, is told so.
var stateAfter = map[string]State{"rollback": RolledBack, "finish": Finished}

// sendAndDo says it in the journal and does it, unless another process will.
func sendAndDo(ctx context.Context, srv Server, id string, c Command, opts Options) (Outcome, error) {
	found, err := one(ctx, srv, id)
	if err == nil && State(found.state) == stateAfter[c.Word] {
		return over(ctx, srv, found)
	}
	if _, none := errors.AsType[*NoRun](err); none && id == "" {
		if last, lastErr := latest(ctx, srv); lastErr == nil && last != nil && State(last.state) == stateAfter[c.Word] {
			return over(ctx, srv, last)
		}
	}
	if err != nil {
		return Outcome{ID: id}, err
	}
	if err := Send(ctx, srv, found.id, c); err != nil {
		return Outcome{ID: found.id, State: State(found.state)}, err
	}
	said, err := find(ctx, srv, found.id)
	if err != nil {
		return Outcome{ID: found.id, State: State(found.state)}, err
	}
	for until := time.Now().Add(answered); ; {
		holder, err := holderOf(ctx, srv, found.id)
		if err != nil {
			return Outcome{ID: found.id, State: State(found.state)}, err
		}
		if holder == "" {
			return Resume(ctx, srv, found.id, opts)
		}
		now, err := find(ctx, srv, found.id)
		if err == nil && (alive(said, now) || wentOn(found, now) || time.Now().After(until)) {
			return Outcome{ID: found.id, State: Running, By: holder}, nil
		}
		if err == nil {
			err = sleep(ctx, 100*time.Millisecond)
		}
		if err != nil {
			return Outcome{ID: found.id, State: Running, By: holder}, err
		}
	}
}

// over says how a run has ended.
func over(ctx context.Context, srv Server, c *record) (Outcome, error) {
	out := Outcome{ID: c.id, State: State(c.state)}
	if out.State == RolledBack {
		p, marks, err := stored(ctx, &journal{srv: srv, id: c.id}, c)
		if err != nil {
			return out, err
		}
		out.Kept = kept(p, marks)
	}
	return out, nil
}

// alive says that a process went on with a run between two looks. Its lock alone says little: on a busy server
// the session of a process that has just ended keeps it for seconds.
func alive(said, now *record) bool {
	if said == nil || now == nil || !slices.Contains([]State{Running, Waiting, Finished, RolledBack}, State(now.state)) {
		return false
	}
	return now.updated != said.updated || now.state != said.state || now.epoch != said.epoch
}

// wentOn says that a run came from one hold to another: on a small table that takes less than the time between
// two looks.
func wentOn(before, now *record) bool {
	return before != nil && now != nil && before.hold != "" && now.hold != "" && now.stepID != before.stepID
}

// answered is how long who holds a run's lock may take to show that it lives.
const answered = 3 * deathNoticed

// deathNoticed is how long a server may take to notice that a client left or died, and to let go of
// its locks.
const deathNoticed = 2 * time.Second

// keep works on the run until it is done or stops for good. A lost connection ends a session of
// the lock, and the next one goes on from the journal, as a new process would.
func (r *run) keep(ctx context.Context) (Outcome, error) {
	r.pulse = time.Now()
	wait := backoff{100 * time.Millisecond, 2 * time.Second}
	for {
		out, err := r.session(ctx)
		if errors.Is(err, errTurn) {
			continue
		}
		if ctx.Err() != nil || !r.lost(err) {
			return out, err
		}
		if r.losses.Load() == 1 {
			wait.next = 100 * time.Millisecond
		}
		if time.Since(r.pulse) > r.opts.Outage {
			return r.ended(ctx, out, fmt.Errorf("the database was away for longer than %v: %w", r.opts.Outage, err))
		}
		if r.losses.Load() > mostLosses {
			return r.ended(ctx, out, fmt.Errorf("the connection was lost %d times without anything being done: %w", mostLosses, err))
		}
		r.progress.tell(Message, "connection lost, connecting again: "+err.Error())
		_ = wait.wait(ctx)
	}
}

// mostLosses bounds how often a statement is tried whose connection is always lost.
const mostLosses = 100

// session claims the run and works on it until it ends, or until a connection is lost.
func (r *run) session(parent context.Context) (Outcome, error) {
	again := func(err error) bool {
		return parent.Err() == nil && (errors.Is(err, errTurn) || r.lost(err))
	}
	lock, err := r.claim(parent)
	if err != nil {
		if err = r.cause(parent, err); again(err) {
			return Outcome{}, err
		}
		return r.ended(parent, Outcome{}, err)
	}
	defer func() {
		if r.lock == nil {
			discard(lock)
		}
	}()
	ctx, stop := context.WithCancelCause(parent)
	r.stop = stop
	r.feeds, r.walks = map[string]*feed{}, map[int]*walker{}
	out, err := r.work(ctx, lock)
	err = r.cause(ctx, err)
	stop(nil)
	r.wg.Wait()
	r.pulse = time.Now()
	if again(err) {
		if errors.Is(err, errTurn) {
			r.lock = lock // nobody else may begin where this process turns round
		} else {
			r.losses.Add(1)
		}
		return out, err
	}
	return r.ended(parent, out, err) // while the lock is still held
}

// claim gets the run's lock and those of its tables, unless the session before has kept them.
func (r *run) claim(ctx context.Context) (*sql.Conn, error) {
	if kept := r.lock; kept != nil {
		r.lock = nil
		return kept, nil
	}
	conn, err := r.srv.Pool().Conn(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{lockName(r.id): "run " + r.id}
	order := []string{lockName(r.id)}
	for _, t := range slices.Sorted(strings.FieldsFuncSeq(tablesOf(r.plan), func(c rune) bool { return c == '\n' })) {
		name := "surefoot-table:" + t
		names[name] = "table " + t
		order = append(order, name)
	}
	// Our own dead session may take longer.
	patience := deathNoticed
	if r.had {
		patience = r.opts.Outage
	}
	until := time.Now().Add(patience)
	for _, name := range order {
		for {
			holder, err := r.srv.Claim(ctx, conn, name)
			if err == nil && holder == "" {
				break
			}
			if err == nil && time.Now().After(until) {
				err = &HeldBy{names[name], holder}
			}
			if err == nil {
				err = sleep(ctx, 100*time.Millisecond)
			}
			if err != nil {
				discard(conn)
				return nil, err
			}
		}
	}
	r.had = true
	return conn, nil
}

// work begins or takes over the run in the journal and walks through its steps.
func (r *run) work(ctx context.Context, lock *sql.Conn) (Outcome, error) {
	if err := r.patiently(ctx, "the journal", func() error { return r.open(ctx) }); err != nil {
		return Outcome{}, err
	}
	if State(r.rec.state).over() {
		return Outcome{State: State(r.rec.state)}, nil
	}
	if err := r.watch(ctx, lock); err != nil {
		return Outcome{}, err
	}
	if r.rec.goal == goalBack {
		return r.back(ctx)
	}
	return r.forward(ctx)
}

// forward brings one step after the other to "done".
func (r *run) forward(ctx context.Context) (Outcome, error) {
	if err := r.guarded(); err != nil {
		return Outcome{}, err
	}
	r.startFeeds(ctx)
	for i, s := range r.plan.Steps {
		if r.marks[i].state == done {
			continue
		}
		if out, err := r.gate(ctx, i); err != nil || out.State != "" {
			return out, err
		}
		r.progress.step(s, i+1, r.marks[i].rows)
		if err := r.pass(ctx); err != nil {
			return Outcome{}, err
		}
		r.progress.tell(StepBegun, "")
		r.trip(i, "start")
		if s.EndCapture || s.Capture != nil && s.CutOver == nil {
			r.endFeed(s.Table)
		}
		if err := r.step(ctx, i); err != nil {
			return r.fails(ctx, i, err)
		}
		r.trip(i, "done")
		r.losses.Store(0)
		if s.Capture != nil {
			r.startFeed(ctx, i)
		}
		r.progress.tell(StepDone, "")
	}
	return Outcome{State: Finished}, nil
}

// fails ends a run at a step. Where the server refuses the first thing that it does, and that was one
// transaction, there is nothing to go on with and nothing to take back. A statement that commits by itself may
// leave something behind (an invalid index), so the way back is kept for it.
func (r *run) fails(ctx context.Context, i int, err error) (Outcome, error) {
	failure := &StepError{Number: i + 1, Step: r.plan.Steps[i], Err: err, NoReturn: returns(r.id, r.plan, r.marks) != nil}
	before := slices.ContainsFunc(r.marks[:i], func(m checkpoint) bool { return m.state != pending })
	if ctx.Err() != nil || !r.plan.Steps[i].Atomic || before || stays(err) {
		return Outcome{}, failure
	}
	switch r.srv.Fault(err) {
	case plan.Other, plan.BadValue, plan.Duplicate, plan.Missing, plan.Unreadable, plan.Declined:
		failure.Untouched = true
		return Outcome{State: RolledBack}, failure
	case plan.Busy, plan.Gone, plan.DiskFull, plan.Privilege, plan.ReadOnly:
	}
	return Outcome{}, failure
}

// trip names a point at which a test may end the process.
func (r *run) trip(i int, point string) { r.opts.Failpoint(r.plan.Steps[i].ID + ":" + point) }
