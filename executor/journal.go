package executor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"surefoot/plan"
)

// errSuperseded ends a process whose run was taken over by a later one.
var errSuperseded = errors.New("another process has taken the run over")

// The states of a step in the journal.
const (
	pending = "pending"
	begun   = "begun"
	done    = "done"
	undone  = "undone"
)

// goalBack is the goal of a run that is being rolled back; others have none.
const goalBack = "rollback"

// journalTables: the run table comes last, so that where it is the other is too.
var journalTables = []string{
	`CREATE TABLE IF NOT EXISTS {step} (
	run_id VARCHAR(100) NOT NULL, pos INTEGER NOT NULL, step_id VARCHAR(100) NOT NULL,
	epoch BIGINT NOT NULL, beat BIGINT NOT NULL,
	state VARCHAR(20) NOT NULL, released INTEGER NOT NULL, walked {text} NOT NULL, rows_done BIGINT NOT NULL,
	updated_at VARCHAR(40) NOT NULL, portrait {text}, began_at VARCHAR(40) NOT NULL DEFAULT '', ended_at VARCHAR(40) NOT NULL DEFAULT '',
	PRIMARY KEY (run_id, pos)){options}`,
	`CREATE TABLE IF NOT EXISTS {run} (
	id VARCHAR(100) NOT NULL PRIMARY KEY, format INTEGER NOT NULL,
	hash VARCHAR(100) NOT NULL, plan {text} NOT NULL, mode VARCHAR(20) NOT NULL, tables {text} NOT NULL,
	epoch BIGINT NOT NULL, beat BIGINT NOT NULL,
	goal VARCHAR(20) NOT NULL, state VARCHAR(20) NOT NULL, command VARCHAR(20) NOT NULL,
	throttle VARCHAR(40) NOT NULL, holds {text} NOT NULL, keep_until VARCHAR(40) NOT NULL,
	step_id VARCHAR(100) NOT NULL, step_kind VARCHAR(40) NOT NULL, hold {text} NOT NULL,
	rows_done BIGINT NOT NULL, rows_total BIGINT NOT NULL, backlog BIGINT NOT NULL, eta_ms BIGINT NOT NULL,
	waits_for {text} NOT NULL, problem {text} NOT NULL, warning {text} NOT NULL,
	started_at VARCHAR(40) NOT NULL, updated_at VARCHAR(40) NOT NULL){options}`,
}

// session is a *sql.DB, *sql.Conn or *sql.Tx.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// journal writes and reads the rows of one run.
type journal struct {
	srv   Server
	id    string
	epoch int64
	since string // when this process turned to the step that it is at
}

// record is a run's row.
type record struct {
	id, hash, plan, mode, tables string
	epoch                        int64
	goal, state, holds, keep     string
	stepID, stepKind, hold       string
	rows, total, backlog, eta    int64
	waitsFor, problem, warning   string
	started, updated             string
}

const recordColumns = `id, hash, plan, mode, tables, epoch, goal, state, holds, keep_until,
	step_id, step_kind, hold, rows_done, rows_total, backlog, eta_ms, waits_for, problem, warning, started_at, updated_at`

func (c *record) fields() []any {
	return []any{
		&c.id, &c.hash, &c.plan, &c.mode, &c.tables, &c.epoch, &c.goal, &c.state, &c.holds, &c.keep,
		&c.stepID, &c.stepKind, &c.hold, &c.rows, &c.total, &c.backlog, &c.eta, &c.waitsFor, &c.problem, &c.warning, &c.started, &c.updated,
	}
}

// checkpoint is a step's row.
type checkpoint struct {
	state    string
	released bool
	walked   cursor
	rows     int64
	portrait portrait // nil: none was taken
}

// began is when the run began, in seconds since 1970; empty: that is not known.
func (c *record) began() string {
	at, err := time.Parse(time.RFC3339, c.started)
	if err != nil {
		return ""
	}
	return strconv.FormatInt(at.Unix(), 10)
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// moment is the time to the millisecond.
func moment() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// words writes a journal statement in the engine's words.
func words(srv Server, query string) string {
	w := srv.SQL()
	r := strings.NewReplacer("{run}", w.Table("run"), "{step}", w.Table("step"), "{text}", w.LongText, "{options}", w.TableOptions)
	return w.Bind(r.Replace(query))
}

func (j *journal) exec(ctx context.Context, s session, query string, args ...any) error {
	_, err := j.write(ctx, s, query, args)
	return err
}

// write runs a statement. One that stands by itself is tried again when it meets a lock.
func (j *journal) write(ctx context.Context, s session, query string, args []any) (sql.Result, error) {
	wait := backoff{50 * time.Millisecond, time.Second}
	for try := 1; ; try++ {
		res, err := s.ExecContext(ctx, words(j.srv, query), args...)
		if _, alone := s.(*sql.DB); err == nil || !alone || try == 10 || j.srv.Fault(err) != plan.Busy {
			return res, err
		}
		if err := wait.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// fenced runs an UPDATE that must meet its row: the epoch is part of its condition, and beat makes
// every write a change, for servers that count only rows which changed.
func (j *journal) fenced(ctx context.Context, s session, query string, args ...any) error {
	res, err := j.write(ctx, s, query, args)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = errSuperseded
	}
	return err
}

// find reads a run's row; nil when there is none.
func find(ctx context.Context, srv Server, id string) (*record, error) {
	var c record
	q := words(srv, "SELECT "+recordColumns+" FROM {run} WHERE id = ?")
	err := srv.Pool().QueryRowContext(ctx, q, id).Scan(c.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return &c, nil
}

// records reads the rows of all runs, the latest first.
func records(ctx context.Context, srv Server) ([]*record, error) {
	rows, err := srv.Pool().QueryContext(ctx, words(srv, "SELECT "+recordColumns+" FROM {run} ORDER BY started_at DESC, id"))
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	var all []*record
	for rows.Next() {
		var c record
		if err := rows.Scan(c.fields()...); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		all = append(all, &c)
	}
	return all, rows.Err()
}

// insert writes a new run in place of what an earlier one of that name left.
func (j *journal) insert(ctx context.Context, p *plan.Plan, hash, holds string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	tx, err := j.srv.Pool().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	for _, q := range []string{"DELETE FROM {step} WHERE run_id = ?", "DELETE FROM {run} WHERE id = ?"} {
		if err := j.exec(ctx, tx, q, j.id); err != nil {
			return err
		}
	}
	var seconds int64 // of the server: what is of the run's beginning is written into rows
	if err := tx.QueryRowContext(ctx, j.srv.SQL().Clock).Scan(&seconds); err != nil {
		return fmt.Errorf("ask for the server's time: %w", err)
	}
	at := time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	err = j.exec(ctx, tx, "INSERT INTO {run} (format, beat, command, throttle, "+recordColumns+") VALUES (?, 0, '', '0', ?, ?, ?, ?, ?, 0, '', ?, ?, '', '', '', '', 0, -1, 0, -1, '', '', '', ?, ?)",
		journalFormat, j.id, hash, string(text), string(p.Mode), tablesOf(p), string(Running), holds, at, at)
	if err != nil {
		return err
	}
	for i, s := range p.Steps {
		err := j.exec(ctx, tx, "INSERT INTO {step} (run_id, pos, step_id, epoch, beat, state, released, walked, rows_done, updated_at) VALUES (?, ?, ?, 0, 0, ?, 0, '', 0, ?)",
			j.id, i, s.ID, pending, at)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// tablesOf lists the tables that a plan works on, each on its line.
func tablesOf(p *plan.Plan) string {
	var names []string
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.Table != "" && !seen[s.Table] {
			seen[s.Table] = true
			names = append(names, s.Table)
		}
	}
	return strings.Join(names, "\n")
}

// take makes this process the run's only writer: from here on the writes of earlier ones fail. A
// step's row is written too, so that a write of theirs which is not committed yet is waited for. An
// abort that is still there was meant for one of them.
func (j *journal) take(ctx context.Context) error {
	tx, err := j.srv.Pool().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := j.fenced(ctx, tx, "UPDATE {run} SET epoch = epoch + 1, command = CASE command WHEN 'abort' THEN '' ELSE command END WHERE id = ?", j.id); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, words(j.srv, "SELECT epoch FROM {run} WHERE id = ?"), j.id).Scan(&j.epoch); err != nil {
		return err
	}
	if err := j.exec(ctx, tx, "UPDATE {step} SET epoch = ? WHERE run_id = ?", j.epoch, j.id); err != nil {
		return err
	}
	return tx.Commit()
}

// marks reads the rows of all steps, in order.
func (j *journal) marks(ctx context.Context) ([]checkpoint, error) {
	rows, err := j.srv.Pool().QueryContext(ctx, words(j.srv, "SELECT state, released, walked, rows_done FROM {step} WHERE run_id = ? ORDER BY pos"), j.id)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	var all []checkpoint
	for rows.Next() {
		var m checkpoint
		var released int
		var walked string
		if err := rows.Scan(&m.state, &released, &walked, &m.rows); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		m.released = released != 0
		if walked != "" {
			if err := json.Unmarshal([]byte(walked), &m.walked); err != nil {
				return nil, fmt.Errorf("read the journal: %w", err)
			}
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// set notes a step's state, when it began at first, and when it came to its end.
func (j *journal) set(ctx context.Context, s session, pos int, state string) error {
	ended := ""
	if state != begun {
		ended = moment()
	}
	return j.fenced(ctx, s, "UPDATE {step} SET state = ?, began_at = CASE began_at WHEN '' THEN ? ELSE began_at END, ended_at = ?, beat = beat + 1, updated_at = ? WHERE run_id = ? AND pos = ? AND epoch = ?",
		state, j.since, ended, now(), j.id, pos, j.epoch)
}

// checkpoint notes which ranges of a walk are done.
func (j *journal) checkpoint(ctx context.Context, s session, pos int, c cursor, rows int64) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	return j.fenced(ctx, s, "UPDATE {step} SET walked = ?, rows_done = rows_done + ?, beat = beat + 1, updated_at = ? WHERE run_id = ? AND pos = ? AND epoch = ?",
		string(text), rows, now(), j.id, pos, j.epoch)
}

// fence fails when this process is no longer the run's writer; n counts log entries.
func (j *journal) fence(ctx context.Context, s session, pos, n int) error {
	return j.fenced(ctx, s, "UPDATE {step} SET rows_done = rows_done + ?, beat = beat + 1 WHERE run_id = ? AND pos = ? AND epoch = ?", n, j.id, pos, j.epoch)
}

// note writes columns of the run's row: "state = ?, problem = ?".
func (j *journal) note(ctx context.Context, columns string, args ...any) error {
	args = append(args, now(), j.id, j.epoch)
	return j.fenced(ctx, j.srv.Pool(), "UPDATE {run} SET "+columns+", beat = beat + 1, updated_at = ? WHERE id = ? AND epoch = ?", args...)
}
