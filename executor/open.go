package executor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/plan"
)

// open finds the run in the journal, or writes it there, and makes this process its only writer.
func (r *run) open(ctx context.Context) error {
	if err := widen(ctx, r.srv); err != nil {
		return err
	}
	rec, err := find(ctx, r.srv, r.id)
	if err != nil {
		return err
	}
	if rec == nil || r.anew(rec) {
		if err := r.enter(ctx); err != nil {
			return err
		}
	} else if rec.hash != hashOf(r.plan) {
		return refuse("run %s carries out another plan: give this one another name, or end that run first", r.id)
	}
	r.journal = &journal{srv: r.srv, id: r.id}
	if rec == nil || r.anew(rec) || !State(rec.state).over() {
		if err := r.journal.take(ctx); err != nil {
			return err
		}
	}
	if rec, err = find(ctx, r.srv, r.id); err != nil {
		return err
	}
	if rec == nil {
		return &NoRun{r.id}
	}
	r.rec = rec
	p, marks, err := stored(ctx, r.journal, r.rec)
	if err != nil {
		return err // and r.plan stays, for the next session
	}
	if err := r.journal.portraits(ctx, marks); err != nil {
		return err
	}
	r.plan, r.marks = p, marks
	if State(r.rec.state).over() {
		return nil
	}
	r.progress.state(Running)
	return r.settings(ctx)
}

// anew says that an earlier run of this name is over and that this is a new one. A finished run of
// the same plan is new only where the tables are known to be what they were before it.
func (r *run) anew(rec *record) bool {
	switch {
	case !State(rec.state).over():
		return false
	case State(rec.state) == RolledBack || rec.hash != hashOf(r.plan):
		return true
	}
	return r.opts.Base != "" && r.opts.Base == r.plan.Base
}

// enter writes a new run into the journal.
func (r *run) enter(ctx context.Context) error {
	if r.opts.Base != "" && r.opts.Base != r.plan.Base {
		return &Drift{Reason: "the tables are not as they were when the plan was made: make the plan again"}
	}
	others, err := records(ctx, r.srv)
	if err != nil {
		return err
	}
	mine := strings.Split(tablesOf(r.plan), "\n")
	for _, o := range others {
		shared := slices.IndexFunc(strings.Split(o.tables, "\n"), func(t string) bool { return t != "" && slices.Contains(mine, t) })
		if o.id == r.id || State(o.state).over() || shared < 0 {
			continue
		}
		marks, err := (&journal{srv: r.srv, id: o.id}).marks(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(marks, func(m checkpoint) bool { return m.state != pending }) {
			return refuse("run %s has begun to change %s and is not over (%s): finish it or roll it back first", o.id, strings.Split(o.tables, "\n")[shared], o.state)
		}
	}
	if err := (&journal{srv: r.srv, id: r.id}).insert(ctx, r.plan, hashOf(r.plan), ""); err != nil {
		return fmt.Errorf("begin the run in the journal: %w", err)
	}
	return nil
}

// settings writes what the options say into the journal, where later processes find it, and nothing
// else: what an operator has said since the record was read stays.
func (r *run) settings(ctx context.Context) error {
	kinds := strings.FieldsFunc(r.rec.holds, func(c rune) bool { return c == ',' })
	for _, k := range r.opts.Hold {
		if !slices.Contains(kinds, string(k)) {
			kinds = append(kinds, string(k))
		}
	}
	r.rec.holds = strings.Join(kinds, ",")
	return r.journal.note(ctx, "state = ?, holds = ?, problem = '', hold = '', waits_for = ''", string(Running), r.rec.holds)
}

// stored gives the plan and the steps' rows of a run in the journal.
func stored(ctx context.Context, j *journal, rec *record) (*plan.Plan, []checkpoint, error) {
	var p plan.Plan
	if err := json.Unmarshal([]byte(rec.plan), &p); err != nil {
		return nil, nil, fmt.Errorf("read the plan of run %s from the journal: %w", rec.id, err)
	}
	marks, err := j.marks(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(marks) != len(p.Steps) {
		return nil, nil, fmt.Errorf("read the journal: run %s has %d steps and its plan %d", rec.id, len(marks), len(p.Steps))
	}
	return &p, marks, nil
}

// latest gives the run that began last; nil: there is none.
func latest(ctx context.Context, srv Server) (*record, error) {
	there, err := present(ctx, srv)
	if err != nil || !there {
		return nil, err
	}
	every, err := records(ctx, srv)
	if err != nil || len(every) == 0 {
		return nil, err
	}
	return every[0], nil
}

// one finds the run called id; for an empty id the only one that is not over.
func one(ctx context.Context, srv Server, id string) (*record, error) {
	there, err := present(ctx, srv)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, &NoRun{id}
	}
	if id != "" {
		rec, err := find(ctx, srv, id)
		if err == nil && rec == nil {
			err = &NoRun{id}
		}
		return rec, err
	}
	every, err := records(ctx, srv)
	if err != nil {
		return nil, err
	}
	every = slices.DeleteFunc(every, func(c *record) bool { return State(c.state).over() })
	switch len(every) {
	case 0:
		return nil, &NoRun{}
	case 1:
		return every[0], nil
	}
	var ids []string
	for _, c := range every {
		ids = append(ids, c.id)
	}
	return nil, refuse("several runs are under way, name one of them: %s", strings.Join(ids, ", "))
}

// ended writes the run's end in this process into the journal and gives the outcome that callers see.
func (r *run) ended(parent context.Context, out Outcome, err error) (Outcome, error) {
	out.ID = r.id
	if r.journal == nil || r.rec == nil {
		return r.stopped(parent, out, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), 5*time.Second)
	defer cancel()
	out.Warning = r.warning()
	r.mu.Lock()
	paused := r.paused
	r.mu.Unlock()
	problem := ""
	switch {
	case err == nil && out.State.over() && out.State == State(r.rec.state):
		return out, nil
	case err == nil:
	case parent.Err() != nil || errors.Is(err, errAbort):
		switch {
		case paused:
			out.State = Paused
		case out.State == "": // it did not stop at a hold
			out.State = Stopped
		}
		err = nil
	case errors.Is(err, errSuperseded):
		out.State = Running
		return out, err
	case stays(err) && out.State != "", out.State.over():
		problem = err.Error()
	default:
		out.State, problem = Failed, err.Error()
	}
	e := r.progress.snapshot()
	if out.Step == "" && !out.State.over() {
		out.Step = e.Step.ID
	}
	r.progress.state(out.State)
	noteErr := r.journal.note(ctx, "state = ?, problem = ?, warning = ?, step_id = ?, step_kind = ?, rows_done = ?, waits_for = ''",
		string(out.State), problem, out.Warning, e.Step.ID, string(e.Step.Kind), e.Rows)
	if errors.Is(noteErr, errSuperseded) {
		return Outcome{ID: r.id, State: Running}, noteErr
	}
	if noteErr != nil && err == nil && ctx.Err() == nil {
		err = fmt.Errorf("write the journal: %w", noteErr)
	}
	if out.State != Held && out.State != AfterCutOver {
		r.progress.tell(Reached, problem)
	}
	return out, err
}

// stopped gives the outcome of a session that never came to the journal.
func (r *run) stopped(parent context.Context, out Outcome, err error) (Outcome, error) {
	out.State = Failed
	if parent.Err() != nil {
		out.State, err = Stopped, nil
	}
	return out, err
}
