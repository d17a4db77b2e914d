package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

// connector opens sessions whose statements end in the server when their context ends here. The
// driver alone would only close the connection, which the server does not notice before it has
// something to send: an ALTER TABLE would run on, and block writers, long after we said that it stopped.
type connector struct {
	mu     sync.Mutex
	config *mysql.Config
}

// current is the configuration of sessions that begin now.
func (c *connector) current() *mysql.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.config.Clone()
}

// in gives a connector for another database; empty: for none.
func (c *connector) in(database string) *connector {
	config := c.current()
	config.DBName = database
	return &connector{config: config}
}

// set changes a variable of all sessions that begin from now on.
func (c *connector) set(variable, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.config = c.config.Clone()
	c.config.Params = maps.Clone(c.config.Params)
	c.config.Params[variable] = value
}

func (c *connector) Driver() driver.Driver { return mysql.MySQLDriver{} }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	open, err := mysql.NewConnector(c.current())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	conn, err := open.Connect(ctx)
	if err != nil {
		return nil, err
	}
	s, ok := conn.(driverSession)
	if !ok {
		return nil, fmt.Errorf("the driver gave a %T", conn)
	}
	id, maria, err := sessionID(ctx, s)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &session{driverSession: s, id: id, maria: maria, open: open}, nil
}

// driverSession is what the driver's sessions can do.
type driverSession interface { //nolint:interfacebloat // what database/sql asks a session for
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// sessionID asks for the number by which a session can be killed, and whether the server is a MariaDB.
func sessionID(ctx context.Context, s driverSession) (id string, maria bool, err error) {
	rows, err := s.QueryContext(ctx, "SELECT CONCAT(CONNECTION_ID(), ' ', VERSION())", nil)
	if err != nil {
		return "", false, err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", false, err
	}
	text, ok := row[0].([]byte)
	if !ok {
		return "", false, fmt.Errorf("the session's number came as a %T", row[0])
	}
	id, version, _ := strings.Cut(string(text), " ")
	return id, strings.Contains(version, "MariaDB"), nil
}

type session struct {
	driverSession
	id     string
	maria  bool
	open   driver.Connector
	killed bool // a KILL that came late may meet the next statement: there is to be none
}

func (s *session) IsValid() bool { return !s.killed && s.driverSession.IsValid() }

func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return ended(ctx, s, query, func(ctx context.Context) (driver.Result, error) { return s.driverSession.ExecContext(ctx, query, args) })
}

func (s *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return ended(ctx, s, query, func(ctx context.Context) (driver.Rows, error) { return s.driverSession.QueryContext(ctx, query, args) })
}

// PrepareContext is what the driver falls back to where a text holds a question mark of its own.
func (s *session) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := s.driverSession.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	inner, ok := stmt.(driverStatement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver gave a %T", stmt), stmt.Close())
	}
	return &statement{inner, s, query}, nil
}

type driverStatement interface {
	driver.Stmt
	driver.NamedValueChecker
	driver.StmtExecContext
	driver.StmtQueryContext
}

type statement struct {
	driverStatement
	s     *session
	query string
}

func (p *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return ended(ctx, p.s, p.query, func(ctx context.Context) (driver.Result, error) { return p.driverStatement.ExecContext(ctx, args) })
}

func (p *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return ended(ctx, p.s, p.query, func(ctx context.Context) (driver.Rows, error) { return p.driverStatement.QueryContext(ctx, args) })
}

// ended runs a statement to its end in the server. When the context ends first, the statement is
// killed and waited for: what the server says then is what became of it. One that must not be killed
// is waited for alone: it is short once it has its locks, and the session bounds how long it waits for these.
func ended[R any](ctx context.Context, s *session, query string, run func(context.Context) (R, error)) (R, error) {
	if err := ctx.Err(); err != nil {
		var none R
		return none, err
	}
	if s.maria && brittle(query) {
		return run(context.WithoutCancel(ctx))
	}
	connection, drop := context.WithCancel(context.WithoutCancel(ctx)) // rows are read in it after this has returned
	over, killed := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		if s.kill(over) {
			drop()
		}
	})
	result, err := run(connection)
	close(over)
	if stop() {
		return result, err
	}
	<-killed
	s.killed = true
	if err != nil {
		err = ctx.Err()
	}
	return result, err
}

// brittle says that a MariaDB which is told to kill a statement may leave a table unreadable: it writes a
// table's triggers into files, and a KILL between two of them leaves one of them empty (error 1343, or
// "Trigger has an error in its body", for every reader and writer; 60 of 60 killed exchanges of two tables
// on 11.8.9, the same on 10.11.18). MySQL keeps triggers in tables and takes everything back.
func brittle(query string) bool {
	toks := tokenize(query, sqlMode{})
	has := func(words ...string) bool {
		return slices.ContainsFunc(toks, func(t token) bool { return t.is(words...) })
	}
	switch {
	case len(toks) < 2:
		return false
	case toks[0].is("rename"), toks[0].is("drop") && toks[1].is("trigger", "table"):
		return true
	case toks[0].is("create"):
		return has("trigger") && !toks[1].is("table")
	}
	return toks[0].is("alter") && has("rename") && !slices.ContainsFunc(toks, func(t token) bool { return t.sign(",") })
}

// killPause is the time between two tries to kill a statement: the server may be busy taking it back.
const killPause = time.Second

// kill ends the session's statement from another session until it is over, and says whether the
// server has no such session any more or cannot be reached: then no answer will ever come.
func (s *session) kill(over <-chan struct{}) (gone bool) {
	for {
		if s.killOnce() != nil {
			return true
		}
		select {
		case <-over:
			return false
		case <-time.After(killPause):
		}
	}
}

func (s *session) killOnce() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := s.open.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	other, ok := conn.(driver.ExecerContext)
	if !ok {
		return fmt.Errorf("the driver gave a %T", conn)
	}
	_, err = other.ExecContext(ctx, "KILL QUERY "+s.id, nil)
	return err
}

// newPool opens sessions as they are needed.
func newPool(c *connector) *sql.DB {
	pool := sql.OpenDB(c)
	pool.SetMaxIdleConns(idleSessions)
	pool.SetConnMaxIdleTime(time.Minute)
	return pool
}

const idleSessions = 8
