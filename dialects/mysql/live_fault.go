package mysql

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
)

// faults says what the server's error numbers mean for a run.
var faults = map[uint16]plan.Fault{
	1205: plan.Busy, // lock wait timeout
	1213: plan.Busy, // deadlock
	3572: plan.Busy, // NOWAIT
	1689: plan.Busy, // backup lock
	1412: plan.Busy, // the table's definition changed under a transaction
	1615: plan.Busy, // the prepared statement needs to be prepared again
	3024: plan.Busy, // maximum execution time
	1969: plan.Busy, // the same in MariaDB
	1020: plan.Busy, // MariaDB: record has changed since last read

	1053: plan.Gone, // shutdown in progress
	1152: plan.Gone,
	1158: plan.Gone, 1159: plan.Gone, 1160: plan.Gone, 1161: plan.Gone, // network
	1317: plan.Gone, // query execution was interrupted
	1927: plan.Gone, // MariaDB: connection was killed
	2006: plan.Gone, 2013: plan.Gone, 2055: plan.Gone,
	3169: plan.Gone, // session was killed
	1040: plan.Busy, // too many connections

	1062: plan.Duplicate, 1859: plan.Duplicate, 1586: plan.Duplicate, 1169: plan.Duplicate,

	1048: plan.BadValue, // cannot be null
	1138: plan.BadValue, // invalid use of NULL
	1263: plan.BadValue,
	1264: plan.BadValue, // out of range
	1265: plan.BadValue, // truncated
	1292: plan.BadValue, // incorrect value, for example of a date
	1366: plan.BadValue, // incorrect string or integer
	1367: plan.BadValue,
	1406: plan.BadValue, // too long
	1411: plan.BadValue,
	1416: plan.BadValue,                      // geometry
	1451: plan.BadValue, 1452: plan.BadValue, // foreign key
	1216: plan.BadValue, 1217: plan.BadValue,
	1526: plan.BadValue,                                           // no partition for the value
	1690: plan.BadValue,                                           // out of range in an expression
	3140: plan.BadValue, 3141: plan.BadValue, 3156: plan.BadValue, // JSON
	3819: plan.BadValue, 4025: plan.BadValue, // check: MySQL, MariaDB

	1021: plan.DiskFull, 1114: plan.DiskFull, 1041: plan.DiskFull, 3675: plan.DiskFull,

	1044: plan.Privilege, 1045: plan.Privilege, 1142: plan.Privilege, 1143: plan.Privilege,
	1227: plan.Privilege, 1370: plan.Privilege, 1419: plan.Privilege, 1410: plan.Privilege,

	1049: plan.Missing, 1051: plan.Missing, 1054: plan.Missing, 1072: plan.Missing, 1091: plan.Missing,
	1146: plan.Missing, 1176: plan.Missing, 1360: plan.Missing,

	1290: plan.ReadOnly, 1792: plan.ReadOnly, 1836: plan.ReadOnly, 3100: plan.ReadOnly,

	1064: plan.Unreadable, 1149: plan.Unreadable,

	1845: plan.Declined, 1846: plan.Declined, 4092: plan.Declined, // not with this ALGORITHM or LOCK
}

// Fault says what an error means.
func (db *Database) Fault(err error) plan.Fault {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return faultOf(server)
	}
	var network net.Error
	switch {
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrPktSync),
		errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrBusyBuffer),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network):
		return plan.Gone
	}
	return plan.Other
}

func faultOf(e *mysql.MySQLError) plan.Fault {
	if f, ok := faults[e.Number]; ok {
		return f
	}
	switch e.Number {
	case 3, 28, 1026, 1030, 1116, 1296: // an error of the operating system or the engine: its text says which
		if strings.Contains(e.Message, "errno: 28") || strings.Contains(e.Message, "error 28") ||
			strings.Contains(e.Message, "No space left") || strings.Contains(e.Message, "OS errno 28") {
			return plan.DiskFull
		}
	}
	return plan.Other
}
