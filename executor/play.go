package executor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"surefoot/plan"
)

// Play carries a plan out from the first step to the last as one player: no journal, no locks to
// wait for, each table in one chunk. It is for twins of tables that nobody else uses, where what
// the steps make is of interest, and not how they get there beside others.
type Play struct {
	Plan *plan.Plan
	// Began is what its statements take for the time at which the run began, in seconds since 1970.
	Began string
	// Open gives the session for a step, and what ends it.
	Open func(ctx context.Context) (*sql.Conn, func() error, error)
	// Act gives a statement of the plan as it is run here; empty: it is left out.
	Act func(sql string) string
	// Others lets others write to a table at an instant.
	Others func(ctx context.Context, m plan.Instant, table string) error

	// Made is what the portraits of new tables said, by the cut-over's position; Start what those of
	// live tables said before their copies began, by the same.
	Made, Start map[int][]string

	done  int                      // steps that were carried out
	feeds map[string]*plan.Capture // by table
}

// Forward carries out the steps; back: only those before the first that has no way back.
func (p *Play) Forward(ctx context.Context, back bool) error {
	p.feeds, p.Made, p.Start = map[string]*plan.Capture{}, map[int][]string{}, map[int][]string{}
	for i, s := range p.Plan.Steps {
		if back && (s.NoReturn || s.Until == "finish") {
			return p.given(ctx, i)
		}
		if err := p.forward(ctx, i); err != nil {
			return &StepError{Number: i + 1, Step: s, Err: err}
		}
		p.done = i + 1
	}
	return nil
}

// given lets others write what they have not written yet, where a play ends before a step: to a table whose
// changes are captured the rest, to one whose copy has not begun all.
func (p *Play) given(ctx context.Context, before int) error {
	captured := map[string]bool{} // what logs changes for the way back is no copy that has begun
	for _, s := range p.Plan.Steps[:before] {
		if s.Capture != nil || s.EndCapture {
			captured[s.Table] = s.Capture != nil && s.CutOver == nil
		}
	}
	for _, s := range p.Plan.Steps[before:] {
		if s.CutOver == nil {
			continue
		}
		m := plan.AtOnce
		if captured[s.Table] {
			m = plan.Filled
		}
		if err := p.Others(ctx, m, s.Table); err != nil {
			return err
		}
	}
	return nil
}

func (p *Play) forward(ctx context.Context, i int) error {
	s := p.Plan.Steps[i]
	if err := p.proved(ctx, s, false); err != nil {
		return err
	}
	if s.Hold != "" && s.Until == "continue" {
		if err := p.Others(ctx, plan.BothNames, s.Table); err != nil {
			return err
		}
	}
	if s.CutOver != nil {
		if err := p.Others(ctx, plan.Filled, s.Table); err != nil {
			return err
		}
	}
	if err := p.inSession(ctx, func(on session) error { return p.act(ctx, on, i) }); err != nil {
		return err
	}
	if err := p.proved(ctx, s, true); err != nil {
		return err
	}
	return p.meanwhile(ctx, s)
}

// meanwhile lets others write after a step: while a table is copied at the instants that matter for
// its capture, otherwise after every step.
func (p *Play) meanwhile(ctx context.Context, s plan.Step) error {
	if s.EndCapture {
		delete(p.feeds, s.Table)
	}
	at := plan.OldNames
	switch {
	case s.Capture != nil && s.CutOver != nil:
		at = plan.Swapped
	case s.Capture != nil:
		at = plan.Captured
	case p.feeds[s.Table] != nil:
		return nil
	}
	if s.Capture != nil {
		p.feeds[s.Table] = s.Capture
	}
	return p.Others(ctx, at, s.Table)
}

func (p *Play) act(ctx context.Context, on session, i int) (err error) {
	s := p.Plan.Steps[i]
	if n := swapAfter(p.Plan, i); s.Portray && n >= 0 {
		if p.Start[n], err = Portrait(ctx, on, p.Plan.Steps[n].CutOver.Guards[0].Query); err != nil {
			return err
		}
	}
	switch {
	case s.CutOver != nil:
		return p.cutOver(ctx, on, i)
	case s.Walk == nil:
		return p.all(ctx, on, s.SQL)
	}
	if _, err = ranged(ctx, on, s.Walk.Do, bind{began: p.Began}); err != nil {
		return err
	}
	if s.Walk.Diff == nil {
		return nil
	}
	if err := p.drain(ctx, on, s.Table); err != nil {
		return err
	}
	keys, err := texts(ctx, on, s.Walk.Diff.Shape(false, false), bind{limit: shown, began: p.Began})
	if err == nil && len(keys) > 0 {
		what := "the copy of " + s.Walk.Table + " differs from it"
		if s.Walk.Breach != "" {
			what = s.Walk.Breach
		}
		err = fmt.Errorf("%s: row %s", what, named(s.Walk.Names, keys[0]))
	}
	return err
}

// cutOver exchanges tables, and takes the new one's portrait.
func (p *Play) cutOver(ctx context.Context, on session, i int) (err error) {
	s := p.Plan.Steps[i]
	m := s.CutOver.Made
	if m != nil && m.Before {
		if p.Made[i], err = Portrait(ctx, on, m.Query); err != nil {
			return err
		}
	}
	if err := p.swap(ctx, on, s.Table, s.CutOver); err != nil {
		return err
	}
	if m != nil && !m.Before {
		p.Made[i], err = Portrait(ctx, on, m.Query)
	}
	return err
}

// Portrait asks for a table's portrait: its lines, sorted.
func Portrait(ctx context.Context, on session, query string) ([]string, error) {
	p, err := look(ctx, on, []plan.Guard{{Query: query}}, false)
	if err != nil {
		return nil, err
	}
	return p[0], nil
}

// swap exchanges tables. What a second session would do behind the lock comes after it.
func (p *Play) swap(ctx context.Context, on session, table string, sw *plan.CutOver) error {
	if err := p.all(ctx, on, sw.Lock); err != nil {
		return err
	}
	if err := p.drain(ctx, on, table); err != nil {
		return err
	}
	for _, part := range [][]string{sw.SQL, sw.Release, sw.Queue} {
		if err := p.all(ctx, on, part); err != nil {
			return err
		}
	}
	return nil
}

// drain applies all that is in a table's log.
func (p *Play) drain(ctx context.Context, on session, table string) error {
	spec := p.feeds[table]
	if spec == nil {
		return nil
	}
	for {
		rows, err := texts(ctx, on, spec.Take, bind{limit: widest})
		if err != nil || len(rows) == 0 {
			return err
		}
		var ids []string
		for _, row := range rows {
			ids = append(ids, row[0])
		}
		if err := (&feed{spec: spec, began: p.Began}).statements(ctx, on, ids); err != nil {
			return fmt.Errorf("apply captured changes: %w", err)
		}
	}
}

// proved asks a step's proof, before it is run and after.
func (p *Play) proved(ctx context.Context, s plan.Step, want bool) error {
	if s.Proof == "" || s.Walk != nil {
		return nil
	}
	return p.inSession(ctx, func(on session) error {
		var n sql.NullInt64
		if err := on.QueryRowContext(ctx, s.Proof).Scan(&n); err != nil {
			return fmt.Errorf("ask the proof: %w", err)
		}
		switch there := n.Int64 != 0; {
		case there && !want:
			return errors.New("its proof holds before it was run: " + s.Proof)
		case !there && want:
			return errors.New("it was run, and its proof does not hold: " + s.Proof)
		}
		return nil
	})
}

// Back takes back what Forward did, last step first.
func (p *Play) Back(ctx context.Context) error {
	for i := p.done - 1; i >= 0; i-- {
		s := p.Plan.Steps[i]
		err := p.inSession(ctx, func(on session) error {
			if s.Back != nil {
				if err := p.swap(ctx, on, s.Table, s.Back); err != nil {
					return err
				}
				delete(p.feeds, s.Table)
			}
			return p.all(ctx, on, s.Undo)
		})
		if err != nil {
			return &StepError{Number: i + 1, Step: s, Err: fmt.Errorf("roll back: %w", err)}
		}
	}
	return nil
}

func (p *Play) inSession(ctx context.Context, f func(session) error) error {
	on, end, err := p.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(on), end())
}

func (p *Play) all(ctx context.Context, on session, queries []string) error {
	for _, q := range queries {
		if q = p.Act(q); q == "" {
			continue
		}
		if _, err := on.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
