package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// sessionSetup makes sessions fit for unattended work: no timeout ends a long step, texts of keys
// read back as the same values, and hidden rows are an error instead of missing. search_path stays
// the server's, the time zone that of the plan: a native ALTER converts by them too. Settings are
// sent after connecting, because connection poolers refuse most start-up parameters.
const sessionSetup = `
SET application_name = 'surefoot';
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET idle_session_timeout = 0;
SET lock_timeout = '10s';
SET default_transaction_isolation = 'read committed';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET standard_conforming_strings = on;
SET row_security = off`

// sessions says how sessions begin.
type sessions struct {
	pooled bool // by transaction: another client may have the session next, so nothing of it is changed
	mu     sync.Mutex
	zone   string // empty: the server's own
}

const idleSessions = 16

func newPool(config *pgx.ConnConfig, how *sessions) *sql.DB {
	pool := sql.OpenDB(connector{stdlib.GetConnector(*config, stdlib.OptionAfterConnect(how.begin)), how.pooled})
	pool.SetMaxIdleConns(idleSessions)
	return pool
}

func (how *sessions) begin(ctx context.Context, conn *pgx.Conn) error {
	if how.pooled {
		return nil
	}
	setup := sessionSetup
	if v := conn.PgConn().ParameterStatus("server_version"); v >= "17" {
		setup += ";\nSET transaction_timeout = 0"
	}
	how.mu.Lock()
	if how.zone != "" {
		setup += ";\nSET timezone = " + literal(how.zone)
	}
	how.mu.Unlock()
	if _, err := conn.Exec(ctx, setup); err != nil {
		return err
	}
	// A vacuum yields to us after this long, and of two sessions in a deadlock the one that looks
	// first is ended: that is to be ours. Setting it is a right that not every role has.
	_, err := conn.Exec(ctx, "SET deadlock_timeout = '200ms'")
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		return nil
	}
	return err
}

// UseTimeZone lets sessions begin in a zone from now on: that of the plan, whatever the server's has
// become since.
func (db *Database) UseTimeZone(name string) {
	if name == "" || name == db.zone {
		return
	}
	db.zone = name
	db.sessions.mu.Lock()
	db.sessions.zone = name
	db.sessions.mu.Unlock()
	db.pool.SetMaxIdleConns(0) // those that are open have the old one
	db.pool.SetMaxIdleConns(idleSessions)
}

// ownStyles gives, as SET LOCAL, the settings by which the user's sessions write values as text
// otherwise than ours do. A statement of the user's is run under them.
func ownStyles(ctx context.Context, pool *sql.DB) ([]string, error) {
	rows, err := pool.QueryContext(ctx, `SELECT format('SET LOCAL %s = %L', name, reset_val) FROM pg_settings
		WHERE name = 'DateStyle' AND reset_val NOT LIKE 'ISO%' OR name = 'IntervalStyle' AND reset_val <> 'postgres'
			OR name = 'bytea_output' AND reset_val <> 'hex' OR name = 'extra_float_digits' AND reset_val::int < 1 ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var q string
		if err := rows.Scan(&q); err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

// byTransaction says whether a pooler stands before the server that gives a session to another client
// after each transaction. A pooler shows by a session that the server knows by another number than
// the client was told. One that pools by transaction gives the session of an idle client away, or
// does not give it back; one that pools by session never does.
func byTransaction(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	idle, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer idle.Close(context.WithoutCancel(ctx))
	own, err := backend(ctx, idle)
	if err != nil || own == idle.PgConn().PID() {
		return false, err
	}
	busy, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer busy.Close(context.WithoutCancel(ctx))
	for range 5 {
		tx, err := busy.Begin(ctx)
		if err != nil {
			return false, err
		}
		other, err := backend(ctx, tx)
		now := own
		if err == nil && other != own {
			now, err = backend(ctx, idle)
		}
		if err := errors.Join(err, tx.Rollback(ctx)); err != nil {
			return false, err
		}
		if other == own || now != own {
			return true, nil
		}
	}
	return false, nil
}

func backend(ctx context.Context, q interface {
	QueryRow(context.Context, string, ...any) pgx.Row
},
) (uint32, error) {
	var pid uint32
	err := q.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid)
	return pid, err
}

// connector makes sessions that let go of their advisory locks before they close. The server ends
// a session only a moment after its client left, and until then the locks would look taken.
type connector struct {
	driver.Connector
	pooled bool
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver gave a %T", conn)
	}
	return session{inner, c.pooled}, nil
}

type session struct {
	*stdlib.Conn
	pooled bool // what it holds may be another client's
}

// Close unlocks and closes. A session that is at work is closed at once: its locks stay until the
// server has ended the statement.
func (s session) Close() error {
	raw := s.Conn.Conn()
	if !s.pooled && !raw.IsClosed() && !raw.PgConn().IsBusy() && raw.PgConn().TxStatus() == 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := raw.Exec(ctx, "SELECT pg_advisory_unlock_all()"); err != nil {
			return s.Conn.Close() // the server ends the session, and with it the locks
		}
	}
	return s.Conn.Close()
}

func (s session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.Conn.ExecContext(ctx, query, args)
	s.ended()
	return result, inFull(err)
}

// QueryContext waits as ExecContext does.
func (s session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.Conn.QueryContext(ctx, query, args)
	s.ended()
	return rows, inFull(err)
}

func (s session) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := s.Conn.BeginTx(ctx, opts)
	return transaction{tx}, inFull(err)
}

type transaction struct{ driver.Tx }

func (t transaction) Commit() error { return inFull(t.Tx.Commit()) }

// inFull lets an error's text say all that the server said: the driver leaves out DETAIL and HINT.
func inFull(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	for _, more := range []string{"DETAIL: " + e.Detail, "HINT: " + e.Hint} {
		if !strings.HasSuffix(more, ": ") && !strings.Contains(e.Message, more) {
			e.Message += "; " + more
		}
	}
	return err
}

// ended waits for what the driver does behind the back of a statement that was cut off: it asks the
// server to cancel it and reads on until the server has closed the session, for 15 s at most.
func (s session) ended() {
	if raw := s.Conn.Conn(); raw.IsClosed() {
		<-raw.PgConn().CleanupDone()
	}
}
