package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"surefoot/plan"
	"surefoot/schema"
)

// Database is a live SQLite file.
type Database struct {
	*Dialect
	pool *sql.DB
	path string
	only string // a folder that goes with the database; empty: none

	mu    sync.Mutex
	locks map[string]bool // files of the run lock that this process made
}

// Open opens the file that a URL names (sqlite:PATH). A file that is not there is an error: a
// change of nothing is a mistake in the path.
func Open(ctx context.Context, address string) (*Database, error) {
	path, err := pathOf(address)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open the SQLite database: %w", err)
	}
	pool, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	pool.SetMaxIdleConns(4)
	db := &Database{pool: pool, path: path, locks: map[string]bool{}}
	if err := db.hello(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	return db, nil
}

// hello reads the version, the journal mode, and that it is a database at all.
func (db *Database) hello(ctx context.Context) error {
	var version, mode string
	var objects int
	if err := db.pool.QueryRowContext(ctx, "SELECT sqlite_version(), (SELECT count(*) FROM sqlite_schema)").Scan(&version, &objects); err != nil {
		return err
	}
	if err := db.pool.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	d, err := New(version)
	if err != nil {
		return err
	}
	d.rollback = mode != "wal"
	db.Dialect = d
	return nil
}

func pathOf(address string) (string, error) {
	rest, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return "", fmt.Errorf("the address of an SQLite database is written sqlite:PATH")
	}
	rest = strings.TrimPrefix(rest, "//")
	if path, options, found := strings.Cut(rest, "?"); found && options != "" {
		return "", &schema.BadURL{Reason: "an SQLite address has no options: what follows the ? (" + options + ") would be left out"}
	} else if found {
		rest = path
	}
	if rest == "" || rest == ":memory:" {
		return "", errors.New("name a file: sqlite:PATH; a database in memory is gone before it is of use")
	}
	if plain, err := url.PathUnescape(rest); err == nil {
		if _, statErr := os.Stat(rest); statErr != nil {
			rest = plain
		}
	}
	return rest, nil
}

// dsn sets sessions up for unattended work. Foreign keys are off: what the application's own
// sessions check stays checked, and ours must be able to rebuild tables that others refer to.
// The journal mode is the file's own and is left alone. A run has about six sessions, so the page
// cache of each is small, and it takes twice its size: a page with its header is just over 4 KiB,
// and the allocator gives powers of two.
func dsn(path string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range []string{
		"busy_timeout(5000)", "synchronous(FULL)", "foreign_keys(0)", "recursive_triggers(0)", "legacy_alter_table(0)",
		"cache_size(-500)", "temp_store(FILE)",
	} {
		q.Add("_pragma", p)
	}
	return fileURL(path) + "?" + q.Encode()
}

// fileURL writes a path as SQLite's URIs have it: with slashes, and one before a drive's letter.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath()
}

// Pool gives sessions.
func (db *Database) Pool() *sql.DB { return db.pool }

// Close ends all sessions and removes the files of the run lock.
func (db *Database) Close() error {
	err := db.pool.Close()
	db.mu.Lock()
	defer db.mu.Unlock()
	for path := range db.locks {
		removeLock(path)
	}
	if db.only != "" {
		err = errors.Join(err, os.RemoveAll(db.only))
	}
	return err
}

// LockTimeout sets how long statements of a session wait for the write lock. It also lets the session read the
// schema: what it remembers may be old, and "index x already exists" is said from memory.
func (db *Database) LockTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error {
	ms := d.Milliseconds()
	if d <= 0 {
		ms = 1<<31 - 1 // 24 days: for ever
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d; SELECT 1 FROM sqlite_schema LIMIT 1", ms))
	return err
}

// Fault says what an error means (rescode.html).
func (db *Database) Fault(err error) plan.Fault {
	var e *driver.Error
	if !errors.As(err, &e) {
		return plan.Other
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return plan.Duplicate
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return plan.Busy
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
		return plan.BadValue
	case sqlite3.SQLITE_FULL:
		return plan.DiskFull
	case sqlite3.SQLITE_READONLY:
		return plan.ReadOnly
	case sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN:
		return plan.Privilege
	case sqlite3.SQLITE_ERROR:
		return faultOf(e.Error())
	}
	return plan.Other
}

// faultOf reads the message: SQLite has one code for all errors in a statement.
func faultOf(msg string) plan.Fault {
	for _, s := range []string{"no such table", "no such column", "no such index", "no such trigger"} {
		if strings.Contains(msg, s) {
			return plan.Missing
		}
	}
	if strings.Contains(msg, "syntax error") || strings.Contains(msg, "incomplete input") || strings.Contains(msg, "unrecognized token") {
		return plan.Unreadable
	}
	return plan.Other
}

// SQL gives what the journal's statements need.
func (db *Database) SQL() plan.JournalSQL {
	return plan.JournalSQL{
		Table:    func(name string) string { return quote("surefoot_" + name) },
		LongText: "TEXT",
		Clock:    "SELECT unixepoch()",
		Bind:     func(query string) string { return query },
	}
}

// Settle makes a database in a file of its own with what a schema file makes. To close it removes the file.
func Settle(ctx context.Context, schemaSQL string) (*Database, error) {
	folder, err := os.MkdirTemp("", "surefoot-scratch-*")
	if err != nil {
		return nil, fmt.Errorf("make a scratch database: %w", err)
	}
	path := filepath.Join(folder, "scratch.db")
	err = os.WriteFile(path, nil, 0o600)
	var db *Database
	if err == nil {
		db, err = Open(ctx, "sqlite:"+path)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	db.only = folder
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	defer conn.Close()
	if err := define(schemaSQL, func(q string) error { _, err := conn.ExecContext(ctx, q); return err }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Scratch reads a schema's text in a database in memory.
func (db *Database) Scratch(_ context.Context, schemaSQL string) (*schema.Schema, error) {
	return db.Schema(schemaSQL)
}
