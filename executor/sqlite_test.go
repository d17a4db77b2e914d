package executor

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"surefoot/plan"
)

// database is a Server over an SQLite file, as small as these tests need it.
type database struct {
	path string
	pool *sql.DB
	lost func(error) bool
}

func open(t testing.TB, path string) *database {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &database{path: path, pool: db}
}

func fresh(t testing.TB) *database {
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

func (d *database) Pool() *sql.DB { return d.pool }

// Claim holds an exclusive lock on a file of that name, through a database attached to the session.
func (d *database) Claim(ctx context.Context, conn *sql.Conn, name string) (string, error) {
	sum := sha256.Sum256([]byte(name))
	schema := "claim_" + hex.EncodeToString(sum[:4])
	_, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0")
	if err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("ATTACH DATABASE '%s.%s' AS %s", d.path, schema, schema))
	if err != nil && !strings.Contains(err.Error(), "already in use") {
		if d.Fault(err) == plan.Busy {
			return "another session", nil
		}
		return "", err
	}
	err = all(ctx, conn, []string{
		"PRAGMA " + schema + ".locking_mode = EXCLUSIVE",
		"CREATE TABLE IF NOT EXISTS " + schema + ".held (n)",
		"DELETE FROM " + schema + ".held",
		"INSERT INTO " + schema + ".held VALUES (1)",
	})
	_, pragmaErr := conn.ExecContext(ctx, "PRAGMA busy_timeout = 5000")
	if err != nil && d.Fault(err) == plan.Busy {
		_, err = conn.ExecContext(ctx, "DETACH DATABASE "+schema)
		return "another session", errors.Join(err, pragmaErr)
	}
	return "", errors.Join(err, pragmaErr)
}

func (d *database) LockTimeout(ctx context.Context, conn *sql.Conn, wait time.Duration) error {
	if wait == 0 {
		wait = time.Hour
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", wait.Milliseconds()))
	return err
}

func (d *database) Fault(err error) plan.Fault {
	if d.lost != nil && d.lost(err) {
		return plan.Gone
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return plan.Other
	}
	switch code := e.Code(); {
	case code&0xff == sqlite3.SQLITE_BUSY, code&0xff == sqlite3.SQLITE_LOCKED:
		return plan.Busy
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return plan.Duplicate
	case code&0xff == sqlite3.SQLITE_CONSTRAINT:
		return plan.BadValue
	case strings.Contains(e.Error(), "no such table"), strings.Contains(e.Error(), "no such column"):
		return plan.Missing
	}
	return plan.Other
}

func (d *database) Blockers(context.Context, string) (string, error) { return "another writer", nil }

func (d *database) SQL() plan.JournalSQL {
	return plan.JournalSQL{
		Table:    func(name string) string { return `"surefoot_` + name + `"` },
		LongText: "TEXT",
		Clock:    "SELECT unixepoch()",
		Bind:     func(q string) string { return q },
	}
}

// exec runs statements, for set-up.
func (d *database) exec(t testing.TB, queries ...string) {
	t.Helper()
	if err := all(t.Context(), d.pool, queries); err != nil {
		t.Fatal(err)
	}
}

// number runs a query that gives one number.
func (d *database) number(t testing.TB, query string) int64 {
	t.Helper()
	var n int64
	if err := d.pool.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// things lists all tables and triggers but the journal's.
func (d *database) things(t testing.TB) string {
	t.Helper()
	rows, err := d.pool.Query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'trigger', 'index') AND name NOT LIKE 'surefoot%' AND name NOT LIKE 'sqlite%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}
