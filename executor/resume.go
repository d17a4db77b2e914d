package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"surefoot/plan"
)

// action is what to do with a step.
type action int

const (
	skip    action = iota // it is done
	carry                 // run it: from the start, or from the cursor
	accept                // its effect is there and it is ours: note it as done
	drifted               // its effect is there and it is not ours
)

// decide is the whole of resuming.
//
//	journal says | effect absent              | effect there
//	-------------+----------------------------+--------------------------------------
//	pending      | note "begun", run          | someone else did it: stop, drift
//	begun        | run again, from the cursor | we did it and died: note "done"
//	done         | nothing (a later step may have taken the effect away) | nothing
//
// An atomic step is never "begun": its SQL and "done" commit together.
func decide(state string, there bool) action {
	switch {
	case state == done:
		return skip
	case state == begun && there:
		return accept
	case there:
		return drifted
	}
	return carry
}

// step brings one step to "done", whatever happened to it before.
func (r *run) step(ctx context.Context, i int) error {
	r.journal.since = moment()
	s, m := r.plan.Steps[i], &r.marks[i]
	there, err := r.there(ctx, s)
	if err != nil {
		return fmt.Errorf("look whether it took effect: %w", err)
	}
	if m.state == begun && s.Proof == "" && s.Walk == nil && !m.released {
		return refuse("the outcome of %q is not known and nothing proves it: look at the database, then continue if it took effect, or roll back", s.Title)
	}
	switch decide(m.state, there || m.state == begun && s.Proof == "" && s.Walk == nil) {
	case skip:
		return nil
	case accept:
		return r.exchanged(ctx, i, done, nil)
	case drifted:
		return &Drift{Reason: fmt.Sprintf("the database changed since the plan was made: %q is done already, and not by this run", s.Title)}
	case carry:
	}
	if err := r.watchTable(ctx, i); err != nil {
		return err
	}
	switch {
	case s.Walk != nil:
		return r.walk(ctx, i)
	case s.CutOver != nil:
		return r.cutOver(ctx, i)
	case s.Atomic || len(s.SQL) == 0:
		return r.caughtUp(ctx, s, func() error { return r.atomic(ctx, i, s.SQL, done) })
	}
	return r.caughtUp(ctx, s, func() error { return r.single(ctx, i) })
}

// there asks a step's proof. A walk has none: its checkpoints are the proof.
func (r *run) there(ctx context.Context, s plan.Step) (bool, error) {
	if s.Proof == "" || s.Walk != nil {
		return false, nil
	}
	return answers(ctx, r.srv.Pool(), s.Proof)
}

// asker is a pool, a session or a transaction.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func answers(ctx context.Context, s asker, proof string) (bool, error) {
	var n sql.NullInt64
	if err := s.QueryRowContext(ctx, proof).Scan(&n); err != nil {
		return false, err
	}
	return n.Int64 != 0, nil
}

// proven fails where a step's statements went through and its effect is not there.
func proven(ctx context.Context, s asker, step plan.Step) error {
	if step.Proof == "" || step.Walk != nil || step.CutOver != nil {
		return nil
	}
	there, err := answers(ctx, s, step.Proof)
	if err == nil && !there {
		err = unmet(step)
	}
	return err
}

func unmet(s plan.Step) error {
	return fmt.Errorf("the server reports success, but the effect of %q is not there", s.Title)
}

// mark notes a step's state in the journal and in memory.
func (r *run) mark(ctx context.Context, s session, i int, state string) error {
	if err := r.journal.set(ctx, s, i, state); err != nil {
		return err
	}
	r.remember(i, state)
	return nil
}

// remember keeps a step's state in memory; feeds read it.
func (r *run) remember(i int, state string) {
	r.mu.Lock()
	r.marks[i].state = state
	r.mu.Unlock()
}

// caughtUp runs f. A unique key that is taken in a table which still lags behind its source may be
// free once it has caught up, so f is tried again then, a few times, while the feed rests.
func (r *run) caughtUp(ctx context.Context, s plan.Step, f func() error) error {
	err := r.patiently(ctx, s.Table, f)
	for try := 1; try < 5; try++ {
		feed := r.feeds[s.Table]
		if err == nil || feed == nil || r.srv.Fault(err) != plan.Duplicate {
			return err
		}
		if lapErr := feed.catchUp(ctx); lapErr != nil {
			return lapErr
		}
		feed.turn.Lock() // what is applied meanwhile could clash again
		err = r.patiently(ctx, s.Table, f)
		feed.turn.Unlock()
	}
	return err
}

// atomic runs statements and the journal's entry in one transaction.
func (r *run) atomic(ctx context.Context, i int, queries []string, state string) error {
	conn, err := r.fresh(ctx, r.plan.Steps[i].Patient)
	if err != nil {
		return err
	}
	defer discard(conn)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := all(ctx, tx, queries); err != nil {
		return err
	}
	if state == done {
		if err := proven(ctx, tx, r.plan.Steps[i]); err != nil {
			return err
		}
	}
	if err := r.journal.set(ctx, tx, i, state); err != nil {
		return err
	}
	r.trip(i, "effect")
	if err := tx.Commit(); err != nil {
		return err
	}
	r.remember(i, state)
	return nil
}

// aftermath is how long the proof of a statement may take that was stopped.
const aftermath = 10 * time.Second

// single runs one statement that commits by itself. Its intent is in the journal before, and its
// proof is looked at afterwards, whatever the server answered.
func (r *run) single(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	conn, err := r.claimed(ctx, s.Patient, "step")
	if err != nil {
		return err
	}
	defer discard(conn)
	// An earlier process's statement may have ended only now.
	if there, err := r.there(ctx, s); err != nil || there && r.marks[i].state == begun {
		if err != nil {
			return err
		}
		return r.mark(ctx, r.srv.Pool(), i, done)
	}
	if err := r.mark(ctx, r.srv.Pool(), i, begun); err != nil {
		return err
	}
	r.trip(i, "begun")
	err = all(ctx, conn, s.SQL)
	r.trip(i, "effect")
	if err != nil && (r.lost(err) || ctx.Err() != nil && s.Proof == "") {
		return err // not known: the proof decides after the connection is back
	}
	stopped := ctx.Err() != nil // then the statement may still end in the server
	// Who stops a run is told what became of its statement.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), aftermath)
	defer cancel()
	if err != nil && s.Proof == "" {
		return errors.Join(err, r.mark(ctx, r.srv.Pool(), i, pending))
	}
	there, proofErr := r.there(ctx, s)
	switch {
	case proofErr != nil:
		return proofErr
	case err != nil && !there && !stopped && s.NoReturn && len(s.SQL) == 1: // it has not begun: what was done before can be taken back
		return errors.Join(err, r.mark(ctx, r.srv.Pool(), i, pending))
	case err != nil && !there:
		return err
	case s.Proof != "" && !there:
		return unmet(s)
	}
	return r.mark(ctx, r.srv.Pool(), i, done)
}
