package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"time"

	"surefoot/plan"
)

// SQLite has no named locks. A file beside the database, attached to the session and locked
// exclusively, is one: it falls with the session, and with the process. The database itself is
// not locked by it.
//
// A session can attach ten files; a run claims itself, its tables and a statement at a time. So
// tables share six files: two runs on tables that meet in one wait for each other without need.
const tableFiles = 6

// Claim takes the lock called name in a session.
func (db *Database) Claim(ctx context.Context, conn *sql.Conn, name string) (holder string, err error) {
	slot := lockSlot(name)
	path := db.path + "-surefoot-lock-" + slot
	schema := "surefoot_lock_" + slot
	attached, err := isAttached(ctx, conn, schema)
	if err != nil || attached {
		return "", err
	}
	db.mu.Lock()
	db.locks[path] = true
	db.mu.Unlock()
	before, _ := os.Stat(path) // nil: it is not there yet
	var timeout int
	if err := conn.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&timeout); err != nil {
		return "", err
	}
	defer func() {
		if _, e := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", timeout)); e != nil && err == nil {
			err = e
		}
	}()
	err = hold(ctx, conn, schema, path)
	if err == nil && stillThere(path, before) {
		return "", signHolder(path)
	}
	if _, e := conn.ExecContext(ctx, "DETACH DATABASE "+schema); e != nil && !strings.Contains(e.Error(), "no such database") {
		return "", errors.Join(err, e)
	}
	if err == nil {
		return "a session that is just ending", nil // it removed the file that we had locked
	}
	if db.Fault(err) == plan.Busy {
		return readHolder(path), nil
	}
	return "", fmt.Errorf("lock %s: %w", path, err)
}

// lockSlot names the file of a lock.
func lockSlot(name string) string {
	if strings.HasPrefix(name, "surefoot-table:") {
		h := fnv.New32a()
		h.Write([]byte(name))
		return fmt.Sprint("t", h.Sum32()%tableFiles)
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:4])
}

func isAttached(ctx context.Context, conn *sql.Conn, schema string) (bool, error) {
	var n int
	err := conn.QueryRowContext(ctx, "SELECT count(*) FROM pragma_database_list WHERE name = ?1", schema).Scan(&n)
	return n > 0, err
}

func hold(ctx context.Context, conn *sql.Conn, schema, path string) error {
	for _, q := range []string{
		"PRAGMA busy_timeout = 0",
		"ATTACH DATABASE " + literal(path) + " AS " + schema,
		"PRAGMA " + schema + ".journal_mode = MEMORY",
		"PRAGMA " + schema + ".synchronous = OFF",
		"PRAGMA " + schema + ".locking_mode = EXCLUSIVE",
		"CREATE TABLE IF NOT EXISTS " + schema + ".holder (n)",
		"INSERT INTO " + schema + ".holder VALUES (1)",
		"DELETE FROM " + schema + ".holder",
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// stillThere says that the path names the file that was there before it was locked. Nobody but
// SQLite may open that file: closing any descriptor of it would end this process's locks on it.
func stillThere(path string, before os.FileInfo) bool {
	now, err := os.Stat(path)
	return err == nil && (before == nil || os.SameFile(before, now))
}

// signHolder writes who holds a lock beside it.
func signHolder(path string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	text := fmt.Sprintf("process %d on %s since %s", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	if err := os.WriteFile(path+"-holder", []byte(text), 0o600); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	return nil
}

func readHolder(path string) string {
	b, err := os.ReadFile(path + "-holder")
	if err != nil || len(b) == 0 {
		return "another process"
	}
	return string(b)
}

// removeLock removes the files of a lock that nobody holds; another process may have it by now,
// and then they stay.
func removeLock(path string) {
	if _, err := os.Stat(path); err != nil {
		return
	}
	pool, err := sql.Open("sqlite", fileURL(path)+"?_pragma=locking_mode(EXCLUSIVE)&_pragma=journal_mode(MEMORY)")
	if err != nil {
		return
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("BEGIN EXCLUSIVE"); err == nil {
		_ = os.Remove(path + "-holder")
		_ = os.Remove(path)
	}
}
