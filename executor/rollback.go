package executor

import (
	"context"
	"errors"
	"fmt"

	"surefoot/plan"
)

// back reads the plan backwards.
//
//	journal says | effect absent   | effect there
//	-------------+-----------------+------------------------------------------
//	pending      | nothing         | nothing: it is not ours
//	begun, done  | undo            | take the swap back where it is one, undo
//	undone       | nothing         | nothing
//
// Undo's statements are safe to repeat and safe to run where the step never took effect, so a kill
// at any point is followed by running them again. Behind a step without a way back it ends: what that
// one made, and those before it, stays.
func (r *run) back(ctx context.Context) (Outcome, error) {
	if err := r.mayReturn(ctx); err != nil {
		return Outcome{State: State(r.rec.state)}, err
	}
	end := bottom(r.plan, r.marks)
	for i := len(r.plan.Steps) - 1; i > end; i-- {
		s := r.plan.Steps[i]
		if r.marks[i].state != begun && r.marks[i].state != done {
			continue
		}
		r.progress.step(s, i+1, 0)
		if err := r.pass(ctx); err != nil {
			return Outcome{}, err
		}
		if err := r.takeBack(ctx, i); err != nil {
			return Outcome{}, &StepError{Number: i + 1, Step: s, Err: fmt.Errorf("roll back: %w", err)}
		}
		r.trip(i, "undone")
		r.progress.tell(StepUndone, "")
	}
	return Outcome{State: RolledBack, Kept: kept(r.plan, r.marks)}, nil
}

// kept says what a rollback has left as it is; empty: nothing.
func kept(p *plan.Plan, marks []checkpoint) string {
	if at := bottom(p, marks); at >= 0 {
		return fmt.Sprintf("step %d (%s)", at+1, p.Steps[at].Title)
	}
	return ""
}

// mayReturn refuses, before anything is taken back, a rollback that is not possible or would lose
// rows or what somebody did to the new table; the run's goal is then as before. It starts the feeds
// that the way back needs.
func (r *run) mayReturn(ctx context.Context) error {
	err := returns(r.id, r.plan, r.marks)
	end := bottom(r.plan, r.marks)
	for i, s := range r.plan.Steps {
		if err != nil || i <= end || s.Back == nil || r.marks[i].state != begun && r.marks[i].state != done {
			continue
		}
		var there bool
		if there, err = r.there(ctx, s); err == nil && !there && r.marks[i].state == done {
			err = gone(s)
		}
		if err != nil || !there {
			continue
		}
		if err = captured(ctx, r.srv.Pool(), s.Back, s.Table, false); err != nil || s.Capture == nil {
			continue
		}
		r.startFeed(ctx, i)
		if err = r.feeds[s.Table].catchUp(ctx); err == nil {
			err = r.feeds[s.Table].fits()
		}
		if err == nil {
			err = r.keeps(ctx, i)
		}
	}
	if !stays(err) {
		return err
	}
	if noteErr := r.journal.note(ctx, "goal = ''"); noteErr != nil {
		return noteErr
	}
	if r.opts.Wait { // it stays, and keeps the old table current
		r.progress.tell(Warned, err.Error())
		return errTurn
	}
	return err
}

// takeBack takes one step back.
func (r *run) takeBack(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	r.trip(i, "undo")
	if s.Back != nil {
		if err := r.swapBack(ctx, i); err != nil {
			return err
		}
	}
	if s.UndoAtomic || len(s.Undo) == 0 {
		return r.patiently(ctx, s.Table, func() error { return r.atomic(ctx, i, s.Undo, undone) })
	}
	err := r.patiently(ctx, s.Table, func() error { // in one session: the first may set what the others need
		conn, err := r.claimed(ctx, s.Patient, "step")
		if err != nil {
			return err
		}
		defer discard(conn)
		for _, q := range s.Undo {
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return err
			}
			r.trip(i, "undoing")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.mark(ctx, r.srv.Pool(), i, undone)
}

// swapBack exchanges the tables again where they are exchanged.
func (r *run) swapBack(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	if s.Proof == "" {
		return errors.New("nothing proves whether the tables are exchanged")
	}
	there, err := r.there(ctx, s)
	if err != nil {
		return fmt.Errorf("look whether it took effect: %w", err)
	}
	if !there {
		return nil
	}
	if !s.Back.Atomic {
		if err := r.mark(ctx, r.srv.Pool(), i, begun); err != nil {
			return err
		}
	}
	if err := r.swap(ctx, i, s.Back, exchanged{there: false, state: begun}); err != nil {
		return err
	}
	r.endFeed(s.Table)
	r.trip(i, "back")
	return nil
}
