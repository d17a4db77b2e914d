package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"surefoot/plan"
)

// faults says what an SQLSTATE means for a run (manual, appendix A). The longest prefix counts.
var faults = map[string]plan.Fault{
	"55P03": plan.Busy, // lock_not_available
	"40":    plan.Busy, // deadlock, serialization failure
	"55006": plan.Busy, // object_in_use
	"08":    plan.Gone,
	"57P":   plan.Gone, // shutdown, crash, terminated, cannot connect now
	"25P03": plan.Gone, // idle_in_transaction_session_timeout
	"25P04": plan.Gone, // transaction_timeout
	"53300": plan.Gone, // too_many_connections
	"22":    plan.BadValue,
	"23":    plan.BadValue,
	"23505": plan.Duplicate,
	"23P01": plan.Duplicate, // exclusion_violation
	"53100": plan.DiskFull,
	"42501": plan.Privilege,
	"28":    plan.Privilege,
	"42P01": plan.Missing, // table
	"42703": plan.Missing, // column
	"42704": plan.Missing, // object
	"42883": plan.Missing, // function
	"3F000": plan.Missing, // schema
	"3D000": plan.Missing, // database
	"25006": plan.ReadOnly,
	"42":    plan.Unreadable,
}

// Fault says what an error means.
func (db *Database) Fault(err error) plan.Fault {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		for n := len(pgErr.Code); n >= 2; n-- {
			if f, ok := faults[pgErr.Code[:n]]; ok {
				return f
			}
		}
		return plan.Other
	}
	if errors.Is(err, context.Canceled) {
		return plan.Other
	}
	var netErr net.Error
	var connectErr *pgconn.ConnectError
	if errors.As(err, &netErr) || errors.As(err, &connectErr) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed") {
		return plan.Gone
	}
	return plan.Other
}
