package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"surefoot/planner"
)

// Command is what an operator tells a run. Words: pause, resume, throttle (with Ratio), abort,
// continue, finish, rollback.
type Command struct {
	Word  string
	Ratio float64 // throttle: the rest after each chunk, as a multiple of the time it took
}

// poll is how often a process reads what the operator wants.
const poll = 300 * time.Millisecond

var (
	errAbort = errors.New("the run was told to stop")
	errTurn  = errors.New("the run was told to go back")
)

// Send writes a command into the journal. The process that works on the run, on whatever machine,
// follows it within a second.
func Send(ctx context.Context, srv Server, id string, c Command) error {
	rec, err := one(ctx, srv, id)
	if err != nil {
		return err
	}
	if State(rec.state).over() {
		return refuse("run %s is over (%s)", rec.id, rec.state)
	}
	j := &journal{srv: srv, id: rec.id}
	set := func(columns string, args ...any) error {
		if err := j.exec(ctx, srv.Pool(), "UPDATE {run} SET "+columns+" WHERE id = ?", append(args, rec.id)...); err != nil {
			return fmt.Errorf("write the journal: %w", err)
		}
		return nil
	}
	switch c.Word {
	case "pause":
		return set("command = ?", "pause")
	case "resume":
		return set("command = ''")
	case "throttle":
		if c.Ratio < 0 {
			return refuse("a throttle ratio is 0 or more")
		}
		return set("throttle = ?", strconv.FormatFloat(c.Ratio, 'g', -1, 64))
	case "abort":
		holder, err := holderOf(ctx, srv, rec.id)
		if err == nil && holder == "" {
			err = refuse("no process works on run %s", rec.id)
		}
		if err != nil {
			return err
		}
		return set("command = ?", "abort")
	case "continue", "finish":
		return release(ctx, j, rec, c.Word)
	case "rollback":
		p, marks, err := stored(ctx, j, rec)
		if err == nil {
			err = returns(rec.id, p, marks)
		}
		if err != nil {
			return err
		}
		return set("goal = ?, command = ''", goalBack)
	}
	return refuse("no command is called %q", c.Word)
}

// release lets a run pass the hold that is next, if word is what that hold waits for.
func release(ctx context.Context, j *journal, rec *record, word string) error {
	p, marks, err := stored(ctx, j, rec)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(marks, func(m mark) bool { return m.state != done })
	if i < 0 {
		i = len(marks)
	}
	if rec.goal == goalBack {
		return refuse("run %s is not at a hold", rec.id)
	}
	until, held, unsure := "", false, false
	if i < len(marks) {
		_, until, held = holds(p, i, rec.holds)
		unsure = marks[i].state == begun && p.Steps[i].Proof == "" && p.Steps[i].Walk == nil
	}
	switch {
	case unsure && word == "continue":
	case held && until == word:
	case held && !marks[i].released:
		return refuse("run %s waits for `%s`", rec.id, until)
	case said(p, marks[:i], rec.holds, word):
		return nil // by a process that ended before it was through
	default:
		return refuse("run %s is not at a hold", rec.id)
	}
	for ; i < len(p.Steps); i++ {
		if _, u, held := holds(p, i, rec.holds); !unsure && (!held || u != word) {
			break
		}
		if err := j.exec(ctx, j.srv.Pool(), "UPDATE {step} SET released = 1 WHERE run_id = ? AND pos = ?", rec.id, i); err != nil {
			return fmt.Errorf("write the journal: %w", err)
		}
		if word == "continue" {
			break
		}
	}
	return nil
}

// said tells whether one of these steps had a hold that word has ended.
func said(p *planner.Plan, marks []mark, kinds, word string) bool {
	for i, m := range marks {
		if _, until, held := holds(p, i, kinds); held && until == word && m.released {
			return true
		}
	}
	return false
}

// returns refuses a rollback that is no longer possible.
func returns(id string, p *planner.Plan, marks []mark) error {
	for i, s := range p.Steps {
		if s.NoReturn && (marks[i].state == begun || marks[i].state == done) {
			return refuse("run %s cannot be rolled back: step %d (%s) was its point of no return", id, i+1, s.Title)
		}
	}
	return nil
}

// holds says whether the run stops before a step, why, and what lets it go on. The operator's own
// holds stand before the first of several steps of a kind.
func holds(p *planner.Plan, i int, kinds string) (why, until string, held bool) {
	s := p.Steps[i]
	if s.Hold != "" {
		until = s.Until
		if until == "" {
			until = "continue"
		}
		return s.Hold, until, true
	}
	asked := kinds != "" && slices.Contains(strings.Split(kinds, ","), string(s.Kind))
	if asked && (i == 0 || p.Steps[i-1].Kind != s.Kind) {
		return fmt.Sprintf("it was asked to stop before %s", s.Kind), "continue", true
	}
	return "", "", false
}

// gate stops at a step's hold. An outcome without a state means: go on.
func (r *run) gate(ctx context.Context, i int) (Outcome, error) {
	why, until, held := holds(r.plan, i, r.rec.holds)
	if !held || r.marks[i].released {
		return Outcome{}, nil
	}
	out := Outcome{State: Held, Step: r.plan.Steps[i].ID, Hold: why, Until: until}
	var alarm time.Time
	if until == "finish" {
		out.State = AfterSwap
		if r.opts.Finish {
			return Outcome{}, r.released(ctx, i)
		}
		var err error
		if alarm, err = r.keepUntil(ctx); err != nil {
			return out, err
		}
	}
	r.progress.step(r.plan.Steps[i], i+1, 0)
	r.progress.state(out.State)
	if err := r.journal.note(ctx, "state = ?, hold = ?, step_id = ?, step_kind = ?", string(out.State), why, out.Step, string(r.plan.Steps[i].Kind)); err != nil {
		return out, err
	}
	r.progress.tell(Reached, why)
	if !r.opts.Wait && alarm.IsZero() {
		return out, nil
	}
	return r.await(ctx, i, alarm, out)
}

// keepUntil gives the time at which the run finishes by itself; zero: it does not.
func (r *run) keepUntil(ctx context.Context) (time.Time, error) {
	if r.opts.KeepOld <= 0 {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, r.rec.keep); err == nil {
		return at, nil
	}
	at := time.Now().Add(r.opts.KeepOld)
	r.rec.keep = at.UTC().Format(time.RFC3339)
	return at, r.journal.note(ctx, "keep_until = ?", r.rec.keep)
}

// await stays at a hold, with the feeds at work, until it is released.
func (r *run) await(ctx context.Context, i int, alarm time.Time, out Outcome) (Outcome, error) {
	for {
		if err := sleep(ctx, poll); err != nil {
			return out, err
		}
		marks, err := r.journal.marks(ctx)
		if err != nil {
			return out, err
		}
		if !alarm.IsZero() && time.Now().After(alarm) {
			if err := r.released(ctx, i); err != nil {
				return out, err
			}
			marks[i].released = true
		}
		if marks[i].released {
			r.progress.state(Running)
			return Outcome{}, r.journal.note(ctx, "state = ?, hold = ''", string(Running))
		}
	}
}

func (r *run) released(ctx context.Context, i int) error {
	return r.journal.fenced(ctx, r.srv.Pool(), "UPDATE {step} SET released = 1, beat = beat + 1 WHERE run_id = ? AND pos = ? AND epoch = ?", r.id, i, r.journal.epoch)
}

// watch starts the goroutine that keeps the lock's session alive, follows the operator, and tells
// the journal and Notify how far the run is.
func (r *run) watch(ctx context.Context, lock *sql.Conn) error {
	if err := r.follow(ctx); err != nil {
		return err
	}
	r.wg.Go(func() {
		told := time.Now()
		for sleep(ctx, poll) == nil {
			err := r.follow(ctx)
			if err == nil && time.Since(told) >= time.Second {
				told = time.Now()
				r.progress.tell(Progressed, "")
				if err = lock.PingContext(ctx); err != nil {
					err = fmt.Errorf("%w: %w", errGone, err)
				} else {
					err = r.report(ctx)
				}
			}
			if err != nil && ctx.Err() == nil && r.srv.Fault(err) != planner.Busy {
				r.stop(err)
			}
		}
	})
	return nil
}

// follow reads what the operator wants.
func (r *run) follow(ctx context.Context) error {
	var goal, command, throttle string
	var epoch int64
	q := words(r.srv, "SELECT goal, command, throttle, epoch FROM {run} WHERE id = ?")
	if err := r.srv.Pool().QueryRowContext(ctx, q, r.id).Scan(&goal, &command, &throttle, &epoch); err != nil {
		return err
	}
	ratio, err := strconv.ParseFloat(throttle, 64)
	if err != nil {
		return fmt.Errorf("read the journal: throttle %q: %w", throttle, err)
	}
	switch {
	case epoch != r.journal.epoch:
		return errSuperseded
	case goal != r.rec.goal:
		return errTurn
	case command == "abort":
		return errAbort
	}
	r.mu.Lock()
	changed := r.paused != (command == "pause")
	r.paused, r.rest = command == "pause", ratio
	r.mu.Unlock()
	if changed && command == "pause" {
		r.progress.tell(Message, "paused")
	}
	return nil
}

// report writes progress into the journal.
func (r *run) report(ctx context.Context) error {
	e := r.progress.snapshot()
	total, eta := int64(-1), int64(-1)
	if e.Total != nil {
		total = *e.Total
	}
	if e.Left != nil {
		eta = e.Left.Milliseconds()
	}
	return r.journal.note(ctx, "state = ?, step_id = ?, step_kind = ?, rows_done = ?, rows_total = ?, backlog = ?, eta_ms = ?, waits_for = ?, warning = ?",
		string(e.State), e.Step.ID, string(e.Step.Kind), e.Rows, total, e.Backlog, eta, e.WaitsFor, r.warning())
}

// pass lets work go on unless the run is paused or replicas are too far behind.
func (r *run) pass(ctx context.Context) error {
	for {
		r.mu.Lock()
		paused := r.paused
		r.mu.Unlock()
		if paused {
			r.progress.state(Paused)
			if err := sleep(ctx, poll/3); err != nil {
				return err
			}
			continue
		}
		if r.progress.snapshot().State == Paused {
			r.progress.state(Running)
		}
		late := r.late(ctx)
		r.progress.waits(late)
		if late == "" {
			return ctx.Err()
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// late says that replicas are too far behind; empty: they are not. What cannot be measured is.
func (r *run) late(ctx context.Context) string {
	if r.opts.MaxLag <= 0 || r.opts.Lag == nil {
		return ""
	}
	lag, err := r.opts.Lag(ctx)
	switch {
	case err != nil:
		return "replicas: their lag cannot be measured: " + err.Error()
	case lag > r.opts.MaxLag:
		return fmt.Sprintf("replicas: %v behind, the limit is %v", lag.Round(time.Millisecond), r.opts.MaxLag)
	}
	return ""
}
