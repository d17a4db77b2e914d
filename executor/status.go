package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
)

// RunStatus is a run as `status --format json` shows it. Counts and times that are not known are
// nil. Times are RFC 3339.
type RunStatus struct {
	ID        string `json:"id"`
	Table     string `json:"table"` // several: separated by commas
	Mode      string `json:"mode"`
	State     State  `json:"state"`
	Step      string `json:"step"`
	Kind      string `json:"kind"`
	Hold      string `json:"hold"`
	RowsDone  int64  `json:"rows_done"`
	RowsTotal *int64 `json:"rows_total"`
	Backlog   int64  `json:"backlog"` // captured keys that wait to be applied
	ETAMS     *int64 `json:"eta_ms"`
	WaitsFor  string `json:"waits_for"`
	Error     string `json:"error"`
	Warning   string `json:"warning,omitempty"`
	// RollingBack: the run is on its way back.
	RollingBack bool `json:"rolling_back,omitempty"`
	// NoReturn says why the run cannot be rolled back any more; empty: it can, or it is over.
	NoReturn string `json:"no_return,omitempty"`
	// Behind is how many steps wait for finish beside those that drop old tables: the change is not made yet.
	Behind  int    `json:"steps_behind,omitempty"`
	By      string `json:"by,omitempty"` // the process that works on it
	Started string `json:"started"`
	Updated string `json:"updated"`
	// Steps are what each step did, of the one run that was asked for.
	Steps []StepStatus `json:"steps,omitempty"`
}

// StepStatus is a step of a run. A step that was not begun or has not ended has no time of that. Times are
// RFC 3339, in milliseconds.
type StepStatus struct {
	ID    string `json:"id"`
	State string `json:"state"` // pending, begun, done, undone
	Rows  int64  `json:"rows"`  // copied, compared or caught up
	Began string `json:"began,omitempty"`
	Ended string `json:"ended,omitempty"`
}

// Status gives the run called id; for an empty id all runs, the latest first.
func Status(ctx context.Context, srv Server, id string) ([]RunStatus, error) {
	there, err := present(ctx, srv)
	if err != nil {
		return nil, err
	}
	var found []*record
	if there {
		if found, err = records(ctx, srv); err != nil {
			return nil, err
		}
	}
	all := []RunStatus{}
	for _, c := range found {
		if id != "" && c.id != id {
			continue
		}
		s, err := status(ctx, srv, c)
		if err != nil {
			return nil, err
		}
		if id != "" {
			if s.Steps, err = stepsOf(ctx, srv, id); err != nil {
				return nil, err
			}
		}
		all = append(all, s)
	}
	if id != "" && len(all) == 0 {
		return nil, &NoRun{id}
	}
	return all, nil
}

// stepsOf reads what a run's steps did; none of a run whose journal is of an earlier format.
func stepsOf(ctx context.Context, srv Server, id string) ([]StepStatus, error) {
	if ready, err := current(ctx, srv, true); !ready || err != nil {
		return nil, err
	}
	rows, err := srv.Pool().QueryContext(ctx, words(srv, "SELECT step_id, state, rows_done, began_at, ended_at FROM {step} WHERE run_id = ? ORDER BY pos"), id)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	var all []StepStatus
	for rows.Next() {
		var s StepStatus
		if err := rows.Scan(&s.ID, &s.State, &s.Rows, &s.Began, &s.Ended); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func status(ctx context.Context, srv Server, c *record) (RunStatus, error) {
	s := RunStatus{
		ID: c.id, Table: strings.ReplaceAll(c.tables, "\n", ", "), Mode: c.mode, State: State(c.state), Step: c.stepID, Kind: c.stepKind,
		Hold: c.hold, RowsDone: c.rows, RowsTotal: known(c.total), Backlog: c.backlog, ETAMS: known(c.eta),
		WaitsFor: c.waitsFor, Error: c.problem, Warning: c.warning, RollingBack: c.goal == goalBack,
		Started: c.started, Updated: c.updated,
	}
	if s.State.over() {
		s.Backlog, s.ETAMS, s.RollingBack = 0, nil, false
		return s, nil
	}
	p, marks, err := stored(ctx, &journal{srv: srv, id: c.id}, c)
	if err == nil { // else it was made by another version: a rollback will say so
		if err := returns(c.id, p, marks); err != nil {
			s.NoReturn = err.Error()
		}
		if at := slices.IndexFunc(marks, func(m checkpoint) bool { return m.state != done }); at >= 0 && s.State == AfterCutOver {
			s.Behind = behind(p, at)
		}
	}
	if s.By, err = holderOf(ctx, srv, c.id); err != nil {
		return s, err
	}
	if s.By != "" {
		return s, nil
	}
	if s.State == Running || s.State == Waiting {
		s.State = Stopped // its process died without a word
	}
	s.ETAMS, s.WaitsFor = nil, ""
	if p != nil {
		s.Backlog = left(ctx, srv, p, marks)
	}
	return s, nil
}

// left counts the captured keys that wait while no process applies them. It is a courtesy: what
// cannot be counted, for example because a step was cut off half way, counts as none.
func left(ctx context.Context, srv Server, p *plan.Plan, marks []checkpoint) int64 {
	var sum int64
	for _, i := range active(p, marks) {
		if n, err := backlog(ctx, srv.Pool(), p.Steps[i].Capture); err == nil {
			sum += n
		}
	}
	return sum
}

func known(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// holderOf says who works on a run; empty: nobody does.
func holderOf(ctx context.Context, srv Server, id string) (string, error) {
	conn, err := srv.Pool().Conn(ctx)
	if err != nil {
		return "", err
	}
	defer discard(conn)
	return srv.Claim(ctx, conn, lockName(id))
}
