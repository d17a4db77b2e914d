package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// Scratch runs a schema's text in a database of its own on this server, reads what it made and
// drops the database. Schemas and extensions of the present database are there before.
func (db *Database) Scratch(ctx context.Context, schemaSQL string) (_ *schema.Schema, err error) {
	pool, _, drop, err := db.makeScratch(ctx, schemaSQL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	s, err := db.inspect(ctx, pool)
	if err == nil {
		s.Others["owners and grants"] = schema.NotCounted // they were passed over
	}
	return s, err
}

// Settle makes a scratch database with what a schema file makes and gives it. To close it drops it, and
// closes db.
func (db *Database) Settle(ctx context.Context, schemaSQL string) (*Database, error) {
	pool, config, drop, err := db.makeScratch(ctx, schemaSQL)
	if err != nil {
		return nil, err
	}
	dialect, err := New(db.Version)
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	settled := &Database{Dialect: dialect, pool: pool, config: config, sessions: db.sessions}
	settled.leave = func() error { return errors.Join(drop(), db.Close()) }
	if err := settled.learn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read the scratch server's settings: %w", err), drop())
	}
	return settled, nil
}

// makeScratch gives sessions in a database of its own that a schema's text filled, and what drops that.
func (db *Database) makeScratch(ctx context.Context, schemaSQL string) (pool *sql.DB, config *pgx.ConnConfig, drop func() error, err error) {
	setup, err := db.surroundings(ctx)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read the database's schemas and extensions: %w", err)
	}
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, nil, nil, err
	}
	config = db.config.Copy()
	config.Database = scratchPrefix + hex.EncodeToString(id[:])
	holder, err := db.hold(ctx, config.Database)
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := holder.ExecContext(ctx, "CREATE DATABASE "+quote(config.Database)+" TEMPLATE template0"); err != nil {
		ended(holder)
		return nil, nil, nil, fmt.Errorf("make a scratch database (the role needs CREATEDB): %w", err)
	}
	pool = newPool(config, db.sessions)
	drop = func() error {
		err := pool.Close()
		_, dropErr := holder.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+quote(config.Database)+" WITH (FORCE)")
		ended(holder)
		return errors.Join(err, dropErr)
	}
	if err := prepareScratch(ctx, pool, setup, schemaSQL); err != nil {
		return nil, nil, nil, errors.Join(err, drop())
	}
	return pool, config, drop, nil
}

func prepareScratch(ctx context.Context, pool *sql.DB, setup []string, schemaSQL string) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer ended(conn) // what a dump sets ends with its session
	for _, q := range setup {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("prepare the scratch database: %w", err)
		}
	}
	return fillScratch(ctx, conn, schemaSQL)
}

// ended closes a session for good instead of giving it back to its pool.
func ended(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

const (
	scratchPrefix = "surefoot_scratch_"
	holding       = "surefoot holds "
)

// hold gives a session that says, for as long as it lives, that somebody uses a scratch database.
func (db *Database) hold(ctx context.Context, name string) (*sql.Conn, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil || db.sessions.pooled {
		return conn, err
	}
	if _, err := conn.ExecContext(ctx, "SET application_name = "+literal(holding+name)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// StagesStay: the server takes a stage back by itself.
func (db *Database) StagesStay() bool { return false }

// Sweep drops the scratch databases that nobody uses, and counts the others.
func (db *Database) Sweep(ctx context.Context) (left int, err error) {
	names, err := column(ctx, db.pool, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", scratchPrefix)
	if err != nil {
		return 0, fmt.Errorf("look for scratch databases that were left behind: %w", err)
	}
	for _, name := range names {
		var used bool
		err := db.pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 OR datname = $2)", holding+name, name).Scan(&used)
		if err != nil {
			return 0, fmt.Errorf("look for scratch databases that were left behind: %w", err)
		}
		if used {
			left++
			continue
		}
		if _, err := db.pool.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name)); err != nil {
			return 0, fmt.Errorf("drop a scratch database that was left behind: %w", err)
		}
	}
	return left, nil
}

// fillScratch runs a schema's text statement by statement. What is no part of the schema that is compared, or
// reaches beyond the scratch database, is passed over.
func fillScratch(ctx context.Context, conn *sql.Conn, schemaSQL string) error {
	text, err := plainSQL("", strings.TrimPrefix(schemaSQL, "\uFEFF"), true)
	if err != nil {
		return err
	}
	r := &reader{text: text, src: newSource(text), lines: lineStarts(text)}
	tree, _, err := readTree(text, r.src)
	if err != nil { // the server may know more, and says where it does not
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return r.refused(err, text, 0)
		}
		return nil
	}
	for _, raw := range tree.Stmts {
		src := r.statementSource(raw)
		if len(src.tokens) == 0 || beyond(raw.Stmt, src) {
			continue
		}
		if _, err := conn.ExecContext(ctx, src.String()); err != nil && !alreadySo(raw.Stmt, err) {
			return r.refused(err, "", src.tokens[0].start)
		}
	}
	return nil
}

// refused places what the server says of a schema's text: where it says so itself in sent, else at an offset.
func (r *reader) refused(err error, sent string, offset int) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return fmt.Errorf("run the schema in a scratch database: %w", err)
	}
	if at := int(server.Position) - 1; sent != "" && at > 0 && at <= utf8.RuneCountInString(sent) {
		offset = len(string([]rune(sent)[:at]))
	}
	line, column := r.place(offset)
	return &schema.SyntaxError{Line: line, Column: column, Message: err.Error()}
}

// alreadySo forgives a schema or an extension that is there, a setting that this server does not have
// (a dump of another version sets it), and a publication that this role may not make.
func alreadySo(node *pgquery.Node, err error) bool {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return false
	}
	switch node.Node.(type) {
	case *pgquery.Node_CreateSchemaStmt:
		return server.Code == "42P06"
	case *pgquery.Node_CreateExtensionStmt:
		return server.Code == "42710"
	case *pgquery.Node_VariableSetStmt:
		return server.Code == "42704"
	case *pgquery.Node_CreatePublicationStmt, *pgquery.Node_AlterPublicationStmt:
		return server.Code == "42501"
	}
	return false
}

// beyond says whether a statement is passed over: rows, rights and owners (the roles may be missing
// here), transactions, and what is not of one database.
func beyond(node *pgquery.Node, src source) bool {
	switch n := node.Node.(type) {
	case *pgquery.Node_SelectStmt:
		return src.find(0, "set_config") < 0
	case *pgquery.Node_InsertStmt, *pgquery.Node_UpdateStmt, *pgquery.Node_DeleteStmt, *pgquery.Node_CopyStmt, *pgquery.Node_TransactionStmt,
		*pgquery.Node_GrantStmt, *pgquery.Node_GrantRoleStmt, *pgquery.Node_AlterDefaultPrivilegesStmt, *pgquery.Node_AlterOwnerStmt,
		*pgquery.Node_CreatedbStmt, *pgquery.Node_DropdbStmt, *pgquery.Node_AlterDatabaseStmt, *pgquery.Node_AlterDatabaseSetStmt,
		*pgquery.Node_CreateRoleStmt, *pgquery.Node_AlterRoleStmt, *pgquery.Node_AlterRoleSetStmt, *pgquery.Node_DropRoleStmt,
		*pgquery.Node_CreateTableSpaceStmt, *pgquery.Node_DropTableSpaceStmt, *pgquery.Node_AlterSystemStmt,
		*pgquery.Node_CreateSubscriptionStmt, *pgquery.Node_AlterSubscriptionStmt, *pgquery.Node_DropSubscriptionStmt,
		*pgquery.Node_SecLabelStmt:
		return true
	case *pgquery.Node_VariableSetStmt:
		return n.VariableSetStmt.Name == "role" || n.VariableSetStmt.Name == "session_authorization"
	case *pgquery.Node_CommentStmt:
		return n.CommentStmt.Objtype == pgquery.ObjectType_OBJECT_EXTENSION || n.CommentStmt.Objtype == pgquery.ObjectType_OBJECT_DATABASE
	case *pgquery.Node_AlterTableStmt:
		return !slices.ContainsFunc(n.AlterTableStmt.Cmds, func(c *pgquery.Node) bool {
			return c.GetAlterTableCmd().GetSubtype() != pgquery.AlterTableType_AT_ChangeOwner
		})
	}
	return false
}

func (db *Database) surroundings(ctx context.Context) ([]string, error) {
	rows, err := db.pool.QueryContext(ctx, `
		SELECT text FROM (
			SELECT 0 AS rank, format('CREATE SCHEMA IF NOT EXISTS %I', nspname) AS text FROM pg_namespace
			WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'surefoot')
			UNION ALL SELECT 1, format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', e.extname, n.nspname)
			FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql') x ORDER BY rank, text`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}
