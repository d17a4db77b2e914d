package executor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
)

// portrait is what the guards of a swap found: each one's lines, in the guards' order.
type portrait [][]string

// changed says that guards do not find what they found before.
type changed struct {
	diff []string // in words; empty: only rows may have changed unseen
	now  portrait
}

func (c *changed) Error() string { return strings.Join(c.diff, "; ") }

// mostTold is how many differences a message names.
const mostTold = 12

func (c *changed) words() string {
	if n := len(c.diff); n > mostTold {
		return fmt.Sprintf("%s; and %d more", strings.Join(c.diff[:mostTold], "; "), n-mostTold)
	}
	return c.Error()
}

// made fails when the new table is not what it was in the rehearsal, where the server's own
// statements had made the same. Then there is no swap.
func made(ctx context.Context, s session, m *plan.Made, before bool) error {
	if m == nil || m.Before != before || len(m.Lines) == 0 {
		return nil
	}
	p, err := look(ctx, s, []plan.Guard{{Query: m.Query}}, false)
	if err != nil {
		return err
	}
	if diff := plan.PortraitDiff(m.Lines, p[0]); len(diff) > 0 {
		return refuse("the new table is not what the server's own statements made in the rehearsal, so it does not serve: %s", (&changed{diff: diff}).words())
	}
	return nil
}

// look asks guards; under the lock only those that are quick.
func look(ctx context.Context, s session, guards []plan.Guard, locked bool) (portrait, error) {
	p := make(portrait, len(guards))
	for i, g := range guards {
		if locked && g.Early {
			continue
		}
		rows, err := texts(ctx, s, plan.Stmt{SQL: g.Query}, bind{})
		if err != nil {
			return nil, fmt.Errorf("look at what the table is like: %w", err)
		}
		for _, row := range rows {
			p[i] = append(p[i], row[0])
		}
		slices.Sort(p[i])
	}
	return p, nil
}

// compare fails with *changed when guards find something else than they did.
func compare(ctx context.Context, s session, guards []plan.Guard, was portrait, locked bool) error {
	if len(guards) != len(was) {
		return errors.New("nothing was noted that the table could be compared with")
	}
	now, err := look(ctx, s, guards, locked)
	if err != nil {
		return err
	}
	c, rows := &changed{now: now}, false
	for i, g := range guards {
		switch {
		case locked && g.Early:
		case g.Rows:
			rows = rows || !slices.Equal(was[i], now[i])
		default:
			c.diff = append(c.diff, plan.PortraitDiff(was[i], now[i])...)
		}
	}
	if rows || len(c.diff) > 0 {
		return c
	}
	return nil
}

// swapAfter gives the cut-over whose guards a step's portrait is for; -1: there is none.
func swapAfter(p *plan.Plan, i int) int {
	for n := i + 1; n < len(p.Steps); n++ {
		if p.Steps[n].CutOver != nil && p.Steps[n].Table == p.Steps[i].Table {
			return n
		}
	}
	return -1
}

// portrayed gives the step whose portrait a cut-over is compared with; -1: there is none.
func portrayed(p *plan.Plan, i int) int {
	for n := i - 1; n >= 0; n-- {
		if p.Steps[n].Portray && p.Steps[n].Table == p.Steps[i].Table {
			return n
		}
	}
	return -1
}

// guarded refuses, before anything is done, a plan whose cut-over would not look whether the table
// is still what it was.
func (r *run) guarded() error {
	for i, s := range r.plan.Steps {
		if s.CutOver == nil || r.marks[i].state == done {
			continue
		}
		if n := portrayed(r.plan, i); n < 0 || len(s.CutOver.Guards) == 0 {
			return refuse("the plan was made by an older surefoot, whose cut-over does not see what others do to %s meanwhile: make the plan again (a run that has begun can be ended by that version, or rolled back by this one)", s.Table)
		}
	}
	return nil
}

// watchTable notes what a table is like before its copy begins, and before rows are compared, which
// may take hours, it looks whether that is still so.
func (r *run) watchTable(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	if s.Portray {
		return r.portray(ctx, i)
	}
	n := swapAfter(r.plan, i)
	if s.Walk == nil || s.Walk.Diff == nil || n < 0 {
		return nil
	}
	first := portrayed(r.plan, n)
	if first < 0 || first > i {
		return nil
	}
	err := r.patiently(ctx, s.Table, func() error {
		return compare(ctx, r.srv.Pool(), r.plan.Steps[n].CutOver.Guards, r.marks[first].portrait, false)
	})
	if c, meddled := errors.AsType[*changed](err); meddled {
		return r.meddled(ctx, n, c)
	}
	return err
}

// portray notes what a table is like before the first step of its copy.
func (r *run) portray(ctx context.Context, i int) error {
	n := swapAfter(r.plan, i)
	if n < 0 {
		return fmt.Errorf("no cut-over of %s follows", r.plan.Steps[i].Table)
	}
	return r.patiently(ctx, r.plan.Steps[i].Table, func() error {
		conn, err := r.fresh(ctx, false)
		if err != nil {
			return err
		}
		defer discard(conn)
		p, err := look(ctx, conn, r.plan.Steps[n].CutOver.Guards, false)
		if err != nil {
			return err
		}
		return r.keepPortrait(ctx, i, p)
	})
}

func (r *run) keepPortrait(ctx context.Context, i int, p portrait) error {
	if err := r.journal.portray(ctx, r.srv.Pool(), i, p); err != nil {
		return err
	}
	r.marks[i].portrait = p
	return nil
}

// meddled is what a cut-over does about a change: it stops for one of the definition. In any case
// rows may have been written past the capture (a column that was dropped and added again is empty),
// so both tables are compared once more before the next try.
func (r *run) meddled(ctx context.Context, i int, c *changed) error {
	s, first := r.plan.Steps[i], portrayed(r.plan, i)
	for n := first + 1; n < i; n++ {
		if w := r.plan.Steps[n].Walk; w != nil && w.Diff != nil && r.plan.Steps[n].Table == s.Table {
			if err := r.journal.anew(ctx, n); err != nil {
				return err
			}
		}
	}
	p := slices.Clone(r.marks[first].portrait)
	for n, g := range s.CutOver.Guards {
		if g.Rows && c.now[n] != nil {
			p[n] = c.now[n]
		}
	}
	if err := r.keepPortrait(ctx, first, p); err != nil {
		return err
	}
	if len(c.diff) == 0 {
		r.progress.tell(Message, fmt.Sprintf("%s was made anew or altered to and fro: its rows are compared once more", s.Table))
		return errTurn
	}
	return &Drift{
		Reason: fmt.Sprintf("somebody changed %s while it was copied, and the new table has not got that: %s", s.Table, c.words()),
		Remedy: "the old table serves and its changes go on being captured; take that change back and surefoot continue, or surefoot rollback and make the plan again",
	}
}

// keeps makes sure that a rollback would undo nothing that others did to the new table. Where the plan
// changed other tables afterwards, that is taken back first, and only the look under the lock counts.
func (r *run) keeps(ctx context.Context, i int) error {
	s := r.plan.Steps[i]
	if r.marks[i].portrait == nil && len(s.Back.Guards) > 0 { // killed between the exchange and the look
		p, err := look(ctx, r.srv.Pool(), s.Back.Guards, false)
		if err != nil {
			return err
		}
		return r.keepPortrait(ctx, i, p)
	}
	for n := i + 1; n < len(r.plan.Steps); n++ {
		if r.marks[n].state != pending && r.plan.Steps[n].Table != s.Table {
			return nil
		}
	}
	return unlost(s.Table, compare(ctx, r.srv.Pool(), s.Back.Guards, r.marks[i].portrait, false))
}

// stays says that an error leaves a run as it was.
func stays(err error) bool {
	_, refused := errors.AsType[*Refused](err)
	_, drift := errors.AsType[*Drift](err)
	return refused || drift
}

// unlost fails when a rollback would undo what somebody did to the new table.
func unlost(table string, err error) error {
	c, meddled := errors.AsType[*changed](err)
	if !meddled {
		return err
	}
	return &Drift{
		Reason: fmt.Sprintf("somebody changed %s after the cut-over, and going back would lose that: %s", table, c.words()),
		Remedy: "nothing was taken back, and the old table is kept current; undo that change by hand and surefoot rollback again, or keep the new table with surefoot finish",
	}
}

// exchanged notes that a swap's tables are exchanged, and what the new one is like, for its way back.
func (r *run) exchanged(ctx context.Context, i int, state string, now portrait) error {
	if back := r.plan.Steps[i].Back; back != nil && len(back.Guards) > 0 && state == done && r.marks[i].portrait == nil {
		var err error
		if now == nil {
			now, err = look(ctx, r.srv.Pool(), back.Guards, false)
		}
		if err == nil {
			err = r.keepPortrait(ctx, i, now)
		}
		if err != nil {
			return err
		}
	}
	return r.mark(ctx, r.srv.Pool(), i, state)
}

// portray writes a step's portrait.
func (j *journal) portray(ctx context.Context, s session, pos int, p portrait) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the portrait: %w", err)
	}
	return j.fenced(ctx, s, "UPDATE {step} SET portrait = ?, beat = beat + 1 WHERE run_id = ? AND pos = ? AND epoch = ?", string(text), j.id, pos, j.epoch)
}

// anew makes a walk begin again.
func (j *journal) anew(ctx context.Context, pos int) error {
	return j.fenced(ctx, j.srv.Pool(), "UPDATE {step} SET state = ?, walked = '', beat = beat + 1, updated_at = ? WHERE run_id = ? AND pos = ? AND epoch = ?",
		pending, now(), j.id, pos, j.epoch)
}

// portraits reads the portraits of a run's steps into their checkpoints.
func (j *journal) portraits(ctx context.Context, marks []checkpoint) error {
	rows, err := j.srv.Pool().QueryContext(ctx, words(j.srv, "SELECT pos, portrait FROM {step} WHERE run_id = ? AND portrait IS NOT NULL"), j.id)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pos int
		var text string
		if err := rows.Scan(&pos, &text); err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if err := json.Unmarshal([]byte(text), &marks[pos].portrait); err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
	}
	return rows.Err()
}

// widen adds the column that a journal of an older surefoot has not.
func widen(ctx context.Context, srv Server) error {
	var none sql.NullString
	err := srv.Pool().QueryRowContext(ctx, words(srv, "SELECT MAX(portrait) FROM {step} WHERE pos < 0")).Scan(&none)
	if err == nil || srv.Fault(err) != plan.Missing {
		return err
	}
	if _, err = srv.Pool().ExecContext(ctx, words(srv, "ALTER TABLE {step} ADD COLUMN portrait {text}")); err != nil {
		return fmt.Errorf("the journal was made by an older surefoot and lacks a column that could not be added (who made it can): %w", err)
	}
	return nil
}
