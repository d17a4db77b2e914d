package executor

import (
	"context"
	"database/sql"
	"time"

	"surefoot/plan"
)

// Server is what the executor asks of a database.
type Server interface { //nolint:interfacebloat // each is a question that only the engine can answer
	// Pool gives sessions that are set up for unattended work: row by row the same result on every
	// machine (SQL mode, isolation level READ COMMITTED), no statement timeout, no
	// waiting for ever on a lock.
	Pool() *sql.DB
	// Claim takes the lock called name in a session, for as long as the session lives. When
	// somebody else has it, holder says who (host, process, since when, as far as known) and err
	// is nil. A session whose client died keeps the lock until its statement is over. A session
	// may claim several names; a name may be of any length.
	Claim(ctx context.Context, conn *sql.Conn, name string) (holder string, err error)
	// LockTimeout sets how long statements of this session wait for a lock; 0: for ever.
	LockTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error
	// Fault says what an error means.
	Fault(err error) plan.Fault
	// Blockers says in one line who holds or awaits locks on a table that a statement of ours
	// would wait for: "session 4711 (app@10.0.0.3), idle in transaction for 64 s"; empty: nobody.
	Blockers(ctx context.Context, table string) (string, error)
	// SQL gives what the journal's statements need.
	SQL() plan.JournalSQL
}

// Zoned is a Server that converts values in the time zone of its sessions.
type Zoned interface {
	// UseTimeZone lets sessions begin in a time zone from now on; empty: in the server's own.
	UseTimeZone(name string)
}

// InTimeZone lets sessions begin in the time zone of a plan, in which its statements mean what they
// meant when it was made.
func InTimeZone(srv Server, p *plan.Plan) {
	if z, ok := srv.(Zoned); ok {
		z.UseTimeZone(p.TimeZone)
	}
}
