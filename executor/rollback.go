package executor

import (
	"context"
	"fmt"
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
// at any point is followed by running them again.
func (r *run) back(ctx context.Context) (Outcome, error) {
	for i := len(r.plan.Steps) - 1; i >= 0; i-- {
		s := r.plan.Steps[i]
		if r.marks[i].state != begun && r.marks[i].state != done {
			continue
		}
		r.progress.step(s, i+1, 0)
		if err := r.pass(ctx); err != nil {
			return Outcome{}, err
		}
		if s.NoReturn {
			return Outcome{}, refuse("run %s cannot be rolled back: step %d (%s) was its point of no return", r.id, i+1, s.Title)
		}
		if err := r.takeBack(ctx, i); err != nil {
			return Outcome{}, &StepError{i + 1, s, fmt.Errorf("roll back: %w", err)}
		}
		r.trip(i, "undone")
		r.progress.tell(StepUndone, "")
	}
	return Outcome{State: RolledBack}, nil
}

// takeBack takes one step back.
func (r *run) takeBack(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	r.trip(i, "undo")
	if s.Back != nil {
		there, err := r.there(ctx, s)
		if err != nil {
			return fmt.Errorf("look whether it took effect: %w", err)
		}
		if there {
			if s.Feed != nil {
				r.startFeed(ctx, i)
			}
			if err := r.swap(ctx, i, s.Back, exchanged{there: false, state: begun}); err != nil {
				return err
			}
			r.endFeed(s.Table)
			r.trip(i, "back")
		}
	}
	if s.UndoAtomic || len(s.Undo) == 0 {
		return r.patiently(ctx, s.Table, func() error { return r.atomic(ctx, i, s.Undo, undone) })
	}
	for _, q := range s.Undo {
		err := r.patiently(ctx, s.Table, func() error {
			conn, err := r.claimed(ctx, s.Patient, "step")
			if err != nil {
				return err
			}
			defer discard(conn)
			_, err = conn.ExecContext(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		r.trip(i, "undoing")
	}
	return r.mark(ctx, r.srv.Pool(), i, undone)
}
