package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"surefoot/plan"
)

// journalSchema holds the journal's tables.
const journalSchema = "surefoot"

// Pool gives the sessions.
func (db *Database) Pool() *sql.DB { return db.pool }

// errPooled refuses a run through a pooler that pools by transaction.
var errPooled = errors.New("a connection pooler stands before the server and gives the session away after each transaction, so no lock and no setting would last: " +
	"give the server's own address to run this, or one that pools by session")

// Claim takes an advisory lock, which the server keeps for as long as the session lives. Locks are
// numbers, so the name is hashed; they are the database's own, not the whole server's.
func (db *Database) Claim(ctx context.Context, conn *sql.Conn, name string) (string, error) {
	if db.sessions.pooled {
		return "", errPooled
	}
	sum := sha256.Sum256([]byte("surefoot:" + name))
	key := int64(binary.BigEndian.Uint64(sum[:8]))
	for {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1::bigint)", key).Scan(&got); err != nil {
			return "", fmt.Errorf("claim %s: %w", name, err)
		}
		if got {
			return "", nil
		}
		var holder string
		err := conn.QueryRowContext(ctx, `
			SELECT format('session %s (%s%s) since %s', a.pid, coalesce(a.usename, '?'), coalesce('@' || host(a.client_addr), ''),
				to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'))
			FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
			WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
				AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND l.classid::bigint << 32 | l.objid::bigint = $1::bigint`, key).Scan(&holder)
		if errors.Is(err, sql.ErrNoRows) {
			continue // let go in this very moment
		}
		if err != nil {
			return "", fmt.Errorf("look up who holds %s: %w", name, err)
		}
		return holder, nil
	}
}

// LockTimeout sets how long statements of a session wait for a lock; 0: for ever. A timeout that
// would end just as an autovacuum yields is made a little longer, or it would never yield.
func (db *Database) LockTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error {
	if least := db.vacuumYields + 100*time.Millisecond; d < least && d >= db.vacuumYields*3/4 {
		d = least
	}
	ms := d.Milliseconds()
	if d > 0 && ms == 0 {
		ms = 1
	}
	_, err := conn.ExecContext(ctx, "SET lock_timeout = "+strconv.FormatInt(ms, 10))
	if err != nil {
		return fmt.Errorf("set the lock timeout: %w", err)
	}
	return nil
}

// blockersQuery names who holds or awaits a lock on a table, the longest transaction first; after
// them transactions with a snapshot, for which a swap waits (see snapshotGuard).
const blockersQuery = `
SELECT format('session %s (%s%s), %s for %s s%s', a.pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type),
	coalesce('@' || host(a.client_addr), ''),
	CASE WHEN b.waits THEN 'waiting' ELSE coalesce(a.state, 'working') END,
	coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start))::bigint, 0),
	CASE WHEN a.query ILIKE 'autovacuum%%wraparound%%' THEN ', and it does not yield' ELSE '' END)
FROM (
	SELECT l.pid, bool_and(NOT l.granted) AS waits, 0 AS rank FROM pg_locks l
	JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND (n.nspname || '.' || c.relname = $1 OR c.relname = $1)
	GROUP BY l.pid
	UNION ALL
	SELECT pid, false, 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_xmin IS NOT NULL
		AND state LIKE 'idle in transaction%'
) b JOIN pg_stat_activity a ON a.pid = b.pid
WHERE a.pid <> pg_backend_pid() AND a.application_name <> 'surefoot'
ORDER BY b.rank, b.waits, a.xact_start NULLS LAST LIMIT 1`

// Blockers says who is in the way of a lock on a table.
func (db *Database) Blockers(ctx context.Context, table string) (string, error) {
	var who string
	err := db.pool.QueryRowContext(ctx, blockersQuery, table).Scan(&who)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for who blocks %s: %w", table, err)
	}
	if who != "" {
		return who, nil
	}
	err = db.pool.QueryRowContext(ctx, `
		SELECT format('prepared transaction %L of %s', p.gid, p.owner) FROM pg_locks l
		JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_prepared_xacts p ON l.virtualtransaction = '-1/' || p.transaction::text
		WHERE l.pid IS NULL AND p.database = current_database() AND (n.nspname || '.' || c.relname = $1 OR c.relname = $1) LIMIT 1`,
		table).Scan(&who)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for who blocks %s: %w", table, err)
	}
	return who, nil
}

// SQL gives the journal's words: it has a schema of its own.
func (db *Database) SQL() plan.JournalSQL {
	return plan.JournalSQL{
		Setup:    []string{"CREATE SCHEMA IF NOT EXISTS " + quote(journalSchema)},
		Table:    func(name string) string { return quote(journalSchema) + "." + quote(name) },
		LongText: "text",
		Clock:    "SELECT floor(extract(epoch FROM now()))::bigint",
		Bind:     bind,
	}
}

// bind turns ? outside of quotes into $1, $2 ….
func bind(query string) string {
	var b strings.Builder
	n, last := 0, 0
	for _, t := range lex(query) {
		if t.punct == '?' {
			n++
			b.WriteString(query[last:t.start] + "$" + strconv.Itoa(n))
			last = t.end
		}
	}
	return b.String() + query[last:]
}
