package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"surefoot/plan"
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
			if err != nil && ctx.Err() == nil && r.srv.Fault(err) != plan.Busy {
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
