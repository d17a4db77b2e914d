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

	"surefoot/planner"
)

// faults says what an SQLSTATE means for a run (manual, appendix A). The longest prefix counts.
var faults = map[string]planner.Fault{
	"55P03": planner.Busy, // lock_not_available
	"40":    planner.Busy, // deadlock, serialization failure
	"55006": planner.Busy, // object_in_use
	"08":    planner.Lost,
	"57P":   planner.Lost, // shutdown, crash, terminated, cannot connect now
	"25P03": planner.Lost, // idle_in_transaction_session_timeout
	"25P04": planner.Lost, // transaction_timeout
	"53300": planner.Lost, // too_many_connections
	"22":    planner.BadValue,
	"23":    planner.BadValue,
	"23505": planner.Duplicate,
	"23P01": planner.Duplicate, // exclusion_violation
	"53100": planner.DiskFull,
	"42501": planner.Privilege,
	"28":    planner.Privilege,
	"42P01": planner.Missing, // table
	"42703": planner.Missing, // column
	"42704": planner.Missing, // object
	"42883": planner.Missing, // function
	"3F000": planner.Missing, // schema
	"3D000": planner.Missing, // database
	"25006": planner.ReadOnly,
	"42":    planner.Unreadable,
}

// Fault says what an error means.
func (db *Database) Fault(err error) planner.Fault {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		for n := len(pgErr.Code); n >= 2; n-- {
			if f, ok := faults[pgErr.Code[:n]]; ok {
				return f
			}
		}
		return planner.Other
	}
	if errors.Is(err, context.Canceled) {
		return planner.Other
	}
	var netErr net.Error
	var connectErr *pgconn.ConnectError
	if errors.As(err, &netErr) || errors.As(err, &connectErr) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed") {
		return planner.Lost
	}
	return planner.Other
}
