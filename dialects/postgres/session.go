package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// connector makes sessions that let go of their advisory locks before they close. The server ends
// a session only a moment after its client left, and until then the locks would look taken.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver gave a %T", conn)
	}
	return session{inner}, nil
}

type session struct{ *stdlib.Conn }

// Close unlocks and closes. A session that is at work is closed at once: its locks stay until the
// server has ended the statement.
func (s session) Close() error {
	raw := s.Conn.Conn()
	if !raw.IsClosed() && !raw.PgConn().IsBusy() && raw.PgConn().TxStatus() == 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := raw.Exec(ctx, "SELECT pg_advisory_unlock_all()"); err != nil {
			return s.Conn.Close() // the server ends the session, and with it the locks
		}
	}
	return s.Conn.Close()
}

// ExecContext waits, when its context ends first, until the server has ended the statement.
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
