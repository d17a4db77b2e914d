package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database is a live PostgreSQL server.
type Database struct {
	*Dialect
	pool   *sql.DB
	config *pgx.ConnConfig
	// vacuumYields is how long an autovacuum keeps its lock once another session waits for it
	// (deadlock_timeout).
	vacuumYields time.Duration
	sessions     *sessions
	leave        func() error // what Close does last; nil: nothing
}

// Open connects to a server by a postgres:// URL. Passwords come from the URL, PGPASSWORD or
// .pgpass and appear in no error.
func Open(ctx context.Context, url string) (*Database, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", unreadable(err))
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // no cached plans: DDL changes what they rest on
	config.StatementCacheCapacity, config.DescriptionCacheCapacity = 0, 0
	delete(config.RuntimeParams, "timezone")
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 15 * time.Second
	}
	how := &sessions{}
	if how.pooled, err = byTransaction(ctx, config); err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL at %s:%d: %w", config.Host, config.Port, hidePassword(err, config))
	}
	db := &Database{Dialect: &Dialect{}, config: config, sessions: how, pool: newPool(config, how)}
	var version string
	if err := db.pool.QueryRowContext(ctx, "SHOW server_version").Scan(&version); err != nil {
		db.Close()
		return nil, fmt.Errorf("connect to PostgreSQL at %s:%d: %w", config.Host, config.Port, hidePassword(err, config))
	}
	version, _, _ = strings.Cut(version, " ")
	if db.Dialect, err = New(version); err != nil {
		db.Close()
		return nil, err
	}
	if err := db.learn(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("read the server's settings: %w", err)
	}
	return db, nil
}

// learn reads the facts that decide effects and that only the server knows.
func (db *Database) learn(ctx context.Context) error {
	var patience int64
	err := db.pool.QueryRowContext(ctx, `SELECT current_setting('TimeZone'), setting::bigint,
		EXISTS (SELECT FROM pg_settings WHERE name = 'standard_conforming_strings' AND reset_val = 'off') FROM pg_settings WHERE name = 'deadlock_timeout'`).Scan(&db.zone, &patience, &db.escapes)
	if err != nil {
		return err
	}
	db.vacuumYields = time.Duration(patience) * time.Millisecond
	db.utc = db.zone == "UTC" || db.zone == "Etc/UTC" || db.zone == "GMT" || db.zone == "Etc/GMT"
	if db.styles, err = ownStyles(ctx, db.pool); err != nil {
		return err
	}
	right := "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
	if db.major >= 15 {
		right = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
	}
	if err := db.pool.QueryRowContext(ctx, right).Scan(&db.quiet); err != nil {
		return err
	}
	rows, err := db.pool.QueryContext(ctx, `SELECT format_type(t.oid, NULL) FROM pg_type t WHERE t.typtype = 'd'
		AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid))`)
	if err != nil {
		return err
	}
	defer rows.Close()
	db.constrainedDomains = map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		db.constrainedDomains[name] = true
	}
	return rows.Err()
}

// Close ends all sessions.
func (db *Database) Close() error {
	err := db.pool.Close()
	if db.leave != nil {
		err = errors.Join(err, db.leave())
	}
	return err
}

// unreadable says what is wrong with an address. The driver's words begin with the address, which
// holds the password: what follows it is said.
func unreadable(err error) error {
	why := err.Error()
	if at := strings.LastIndex(why, "`: "); at >= 0 {
		why = why[at+len("`: "):]
	}
	return fmt.Errorf("%s; the form is postgres://user@host:5432/database?sslmode=require", why)
}

// hidePassword takes a password out of an error's text, where a driver should ever put it there.
func hidePassword(err error, config *pgx.ConnConfig) error {
	if config.Password != "" && strings.Contains(err.Error(), config.Password) {
		return errors.New(strings.ReplaceAll(err.Error(), config.Password, "***"))
	}
	return err
}
