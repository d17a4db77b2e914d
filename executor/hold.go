package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/plan"
)

// release lets a run pass the hold that is next, if word is what that hold waits for.
func release(ctx context.Context, j *journal, rec *record, word string) error {
	p, marks, err := stored(ctx, j, rec)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(marks, func(m checkpoint) bool { return m.state != done })
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
	case !held && word == "continue" && State(rec.state) == Failed:
		return nil // what stopped it may be mended
	case held && until == word:
	case held && !marks[i].released:
		return refuse("run %s waits for `%s`", rec.id, until)
	case said(p, marks[:i], rec.holds, word):
		return nil // by a process that ended before it was through
	default:
		return refuse("run %s is not at a hold", rec.id)
	}
	for ; i < len(p.Steps); i++ {
		if _, u, held := holds(p, i, rec.holds); !unsure && (!held || u != word) && p.Steps[i].Until != word { // finish ends all old tables
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
func said(p *plan.Plan, marks []checkpoint, kinds, word string) bool {
	for i, m := range marks {
		if _, until, held := holds(p, i, kinds); held && until == word && m.released {
			return true
		}
	}
	return false
}

// bottom gives the last step without a way back that has begun: a rollback takes back what came after it.
// -1: there is none.
func bottom(p *plan.Plan, marks []checkpoint) int {
	for i := len(p.Steps) - 1; i >= 0; i-- {
		if p.Steps[i].NoReturn && (marks[i].state == begun || marks[i].state == done) {
			return i
		}
	}
	return -1
}

// contracting says that step at belongs to the contract of a copy that goes on behind it.
func contracting(p *plan.Plan, at int) bool {
	if at+1 == len(p.Steps) {
		return false
	}
	s, next := p.Steps[at], p.Steps[at+1]
	return s.Until == "finish" && next.Until == "finish" && next.Hold == ""
}

// behind counts the steps from at on that are not the contract of a copy.
func behind(p *plan.Plan, at int) int {
	n := 0
	for _, s := range p.Steps[at:] {
		if s.Until != "finish" {
			n++
		}
	}
	return n
}

// returns refuses a rollback that would leave a step without a way back, a copy, or a contract, half done.
func returns(id string, p *plan.Plan, marks []checkpoint) error {
	at := bottom(p, marks)
	if at < 0 || marks[at].state == done && !contracting(p, at) && !p.Astride(at) {
		return nil
	}
	return refuse("run %s cannot be rolled back: step %d (%s) was its point of no return", id, at+1, p.Steps[at].Title)
}

// holds says whether the run stops before a step, why, and what lets it go on. The operator's own
// holds stand before the first of several steps of a kind.
func holds(p *plan.Plan, i int, kinds string) (why, until string, held bool) {
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
	out := Outcome{State: Held, Step: r.plan.Steps[i].ID, Hold: why, Until: until, Captures: len(active(r.plan, r.marks)) > 0}
	var alarm time.Time
	if until == "finish" {
		out.State, out.Lost = AfterCutOver, r.lostBefore(i)
		out.Behind = behind(r.plan, i)
		if err := returns(r.id, r.plan, r.marks); err != nil {
			out.NoReturn = err.Error()
		}
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

// lostBefore says what the way back of the steps before i loses, as far down as it leads.
func (r *run) lostBefore(i int) string {
	var lost []string
	for _, s := range r.plan.Steps[bottom(r.plan, r.marks)+1 : i] {
		if s.Loses != "" && !slices.Contains(lost, s.Loses) {
			lost = append(lost, s.Loses)
		}
	}
	return strings.Join(lost, "; ")
}
