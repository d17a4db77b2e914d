package mysql

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"

	"surefoot/planner"
)

// faults says what the server's error numbers mean for a run.
var faults = map[uint16]planner.Fault{
	1205: planner.Busy, // lock wait timeout
	1213: planner.Busy, // deadlock
	3572: planner.Busy, // NOWAIT
	1689: planner.Busy, // backup lock
	1412: planner.Busy, // the table's definition changed under a transaction
	1615: planner.Busy, // the prepared statement needs to be prepared again
	3024: planner.Busy, // maximum execution time
	1969: planner.Busy, // the same in MariaDB
	1020: planner.Busy, // MariaDB: record has changed since last read

	1053: planner.Lost, // shutdown in progress
	1152: planner.Lost,
	1158: planner.Lost, 1159: planner.Lost, 1160: planner.Lost, 1161: planner.Lost, // network
	1317: planner.Lost, // query execution was interrupted
	1927: planner.Lost, // MariaDB: connection was killed
	2006: planner.Lost, 2013: planner.Lost, 2055: planner.Lost,
	3169: planner.Lost, // session was killed
	1040: planner.Busy, // too many connections

	1062: planner.Duplicate, 1859: planner.Duplicate, 1586: planner.Duplicate, 1169: planner.Duplicate,

	1048: planner.BadValue, // cannot be null
	1138: planner.BadValue, // invalid use of NULL
	1263: planner.BadValue,
	1264: planner.BadValue, // out of range
	1265: planner.BadValue, // truncated
	1292: planner.BadValue, // incorrect value, for example of a date
	1366: planner.BadValue, // incorrect string or integer
	1367: planner.BadValue,
	1406: planner.BadValue, // too long
	1411: planner.BadValue,
	1416: planner.BadValue,                         // geometry
	1451: planner.BadValue, 1452: planner.BadValue, // foreign key
	1216: planner.BadValue, 1217: planner.BadValue,
	1526: planner.BadValue,                                                 // no partition for the value
	1690: planner.BadValue,                                                 // out of range in an expression
	3140: planner.BadValue, 3141: planner.BadValue, 3156: planner.BadValue, // JSON
	3819: planner.BadValue, 4025: planner.BadValue, // check: MySQL, MariaDB

	1021: planner.DiskFull, 1114: planner.DiskFull, 1041: planner.DiskFull, 3675: planner.DiskFull,

	1044: planner.Privilege, 1045: planner.Privilege, 1142: planner.Privilege, 1143: planner.Privilege,
	1227: planner.Privilege, 1370: planner.Privilege, 1419: planner.Privilege, 1410: planner.Privilege,

	1049: planner.Missing, 1051: planner.Missing, 1054: planner.Missing, 1072: planner.Missing, 1091: planner.Missing,
	1146: planner.Missing, 1176: planner.Missing, 1360: planner.Missing,

	1290: planner.ReadOnly, 1792: planner.ReadOnly, 1836: planner.ReadOnly, 3100: planner.ReadOnly,

	1064: planner.Unreadable, 1149: planner.Unreadable,
}

// Fault says what an error means.
func (db *Database) Fault(err error) planner.Fault {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return faultOf(server)
	}
	var network net.Error
	switch {
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrPktSync),
		errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrBusyBuffer),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network):
		return planner.Lost
	}
	return planner.Other
}

func faultOf(e *mysql.MySQLError) planner.Fault {
	if f, ok := faults[e.Number]; ok {
		return f
	}
	switch e.Number {
	case 3, 28, 1026, 1030, 1116, 1296: // an error of the operating system or the engine: its text says which
		if strings.Contains(e.Message, "errno: 28") || strings.Contains(e.Message, "error 28") ||
			strings.Contains(e.Message, "No space left") || strings.Contains(e.Message, "OS errno 28") {
			return planner.DiskFull
		}
	}
	return planner.Other
}
