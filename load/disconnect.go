package load

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// mysqlLost are the numbers with which MySQL or MariaDB ends a connection:
// server shutdown, aborted connection, connection killed, too many connections
// while starting, session was killed.
var mysqlLost = []uint16{1053, 1152, 1184, 1927, 1040, 3169}

// disconnected tells the loss of a connection, after which the outcome of what
// was sent is unknown, from an answer of the server, after which it is known.
func disconnected(err error) bool {
	var myErr *mysql.MySQLError
	if errors.As(err, &myErr) {
		return slices.Contains(mysqlLost, myErr.Number)
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		// 57P01 to 57P05: the server or an administrator ends the connection, or
		// the server is starting. Class 08: connection exceptions.
		return strings.HasPrefix(pgErr.Code, "57P0") || strings.HasPrefix(pgErr.Code, "08")
	}
	var netErr net.Error
	var connectErr *pgconn.ConnectError
	switch {
	case errors.As(err, &netErr), errors.As(err, &connectErr):
		return true
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return true
	}
	// pgx has no value for a connection it closed before.
	return err != nil && strings.Contains(err.Error(), "conn closed")
}
