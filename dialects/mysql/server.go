package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"surefoot/plan"
)

// Pool gives sessions set up for unattended work; see sessionSettings.
func (db *Database) Pool() *sql.DB { return db.pool }

// Claim takes a GET_LOCK lock, which the server keeps for as long as the session lives.
func (db *Database) Claim(ctx context.Context, conn *sql.Conn, name string) (string, error) {
	lock := db.lockName(name)
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", lock).Scan(&got); err != nil {
		return "", fmt.Errorf("claim %s: %w", name, err)
	}
	if got.Int64 == 1 {
		return "", nil
	}
	return db.holder(ctx, conn, lock)
}

// lockName is unique to this database on the server, in the 64 characters that GET_LOCK takes.
func (db *Database) lockName(name string) string {
	full := "surefoot:" + db.name + ":" + name
	if len(full) <= nameLimit {
		return full
	}
	sum := sha256.Sum256([]byte(full))
	return "surefoot:" + hex.EncodeToString(sum[:20])
}

func (db *Database) holder(ctx context.Context, conn *sql.Conn, lock string) (string, error) {
	var id sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT IS_USED_LOCK(?)", lock).Scan(&id); err != nil {
		return "", fmt.Errorf("ask who holds the run lock: %w", err)
	}
	if !id.Valid {
		return "a session that has just ended", nil
	}
	var user, host sql.NullString
	err := conn.QueryRowContext(ctx, "SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE ID = ?", id.Int64).Scan(&user, &host)
	if err != nil { // without the PROCESS privilege, only the number is known
		return fmt.Sprintf("session %d", id.Int64), nil
	}
	return fmt.Sprintf("session %d (%s@%s)", id.Int64, user.String, host.String), nil
}

// LockTimeout sets how long the session waits for metadata locks and row locks. The server counts
// in whole seconds; less than one is one.
func (db *Database) LockTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error {
	seconds := int64(math.Ceil(d.Seconds()))
	if d == 0 {
		seconds = 31536000 // a year, the most that lock_wait_timeout takes
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("SET SESSION lock_wait_timeout = %d, innodb_lock_wait_timeout = %d", seconds, seconds))
	if err != nil {
		return fmt.Errorf("set the lock timeout: %w", err)
	}
	return nil
}

// SQL gives the journal's words: its tables stand beside the user's, because a journal in
// another database would need more rights.
func (db *Database) SQL() plan.JournalSQL {
	return plan.JournalSQL{
		Table:    func(name string) string { return quote(db.name) + "." + quote(journalPrefix+name) },
		LongText: "LONGTEXT",
		Clock:    "SELECT UNIX_TIMESTAMP()",
		// A chunk and its checkpoint commit together, whatever the server's default engine is. A plan holds
		// the user's texts, whatever the database's own character set can say.
		TableOptions: " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
		Bind:         func(query string) string { return query },
	}
}

const journalPrefix = "_surefoot_"

// Blockers names the sessions that hold or await locks on a table. MySQL knows them by table;
// MariaDB (without its metadata_lock_info plugin) only says who is in a transaction.
func (db *Database) Blockers(ctx context.Context, table string) (string, error) {
	schema, name, found := strings.Cut(table, ".")
	if !found {
		schema, name = db.name, table
	}
	query, args := blockersOfTable, []any{schema, name}
	if db.maria() {
		query, args = openTransactions, nil
	}
	rows, err := db.pool.QueryContext(ctx, query, args...)
	if err != nil {
		return "", fmt.Errorf("ask who blocks %s: %w", table, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var id, seconds sql.NullInt64
		var user, host, doing sql.NullString
		if err := rows.Scan(&id, &user, &host, &doing, &seconds); err != nil {
			return "", fmt.Errorf("ask who blocks %s: %w", table, err)
		}
		host.String, _, _ = strings.Cut(host.String, ":")
		all = append(all, fmt.Sprintf("session %d (%s@%s), %s for %d s", id.Int64, user.String, host.String, doing.String, seconds.Int64))
	}
	return strings.Join(all, "; "), rows.Err()
}

const blockersOfTable = `SELECT t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST,
  CASE WHEN MAX(l.LOCK_STATUS) = 'PENDING' THEN 'waiting for a lock itself'
       WHEN t.PROCESSLIST_COMMAND = 'Sleep' THEN 'idle in a transaction'
       ELSE CONCAT('running ', LEFT(COALESCE(t.PROCESSLIST_INFO, t.PROCESSLIST_COMMAND), 60)) END, t.PROCESSLIST_TIME
FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID
WHERE l.OBJECT_TYPE = 'TABLE' AND l.OBJECT_SCHEMA = ? AND l.OBJECT_NAME = ? AND t.PROCESSLIST_ID <> CONNECTION_ID()
GROUP BY t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, t.PROCESSLIST_COMMAND, t.PROCESSLIST_INFO, t.PROCESSLIST_TIME
ORDER BY t.PROCESSLIST_TIME DESC LIMIT 3`

const openTransactions = `SELECT p.ID, p.USER, p.HOST,
  CASE WHEN p.COMMAND = 'Sleep' THEN 'idle in a transaction' ELSE CONCAT('running ', LEFT(COALESCE(p.INFO, p.COMMAND), 60)) END, p.TIME
FROM information_schema.INNODB_TRX x JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id
WHERE p.ID <> CONNECTION_ID() ORDER BY p.TIME DESC LIMIT 3`
