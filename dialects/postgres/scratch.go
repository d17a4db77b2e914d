package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/planner"
)

// Scratch runs a schema's text in a database of its own on this server, reads what it made and
// drops the database. Schemas and extensions of the present database are there before.
func (db *Database) Scratch(ctx context.Context, schemaSQL string) (_ *planner.Schema, err error) {
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	name := "surefoot_scratch_" + hex.EncodeToString(id[:])
	var setup []string
	if setup, err = db.surroundings(ctx); err != nil {
		return nil, fmt.Errorf("read the database's schemas and extensions: %w", err)
	}
	if _, err := db.pool.ExecContext(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE template0"); err != nil {
		return nil, fmt.Errorf("make a scratch database (the role needs CREATEDB): %w", err)
	}
	defer func() {
		_, dropErr := db.pool.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
		err = errors.Join(err, dropErr)
	}()
	config := db.config.Copy()
	config.Database = name
	pool := newPool(config, db.sessions)
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for _, q := range setup {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return nil, fmt.Errorf("prepare the scratch database: %w", err)
		}
	}
	if err := fillScratch(ctx, conn, schemaSQL); err != nil {
		return nil, err
	}
	s, err := db.inspect(ctx, pool)
	if err == nil {
		s.Others["owners and grants"] = planner.NotCounted // they were passed over
	}
	return s, err
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
			return fmt.Errorf("run the schema in a scratch database: %w", err)
		}
		return nil
	}
	for _, raw := range tree.Stmts {
		src := r.statementSource(raw)
		if len(src.tokens) == 0 || beyond(raw.Stmt, src) {
			continue
		}
		if _, err := conn.ExecContext(ctx, src.String()); err != nil && !alreadySo(raw.Stmt, err) {
			line, column := r.place(src.tokens[0].start)
			return fmt.Errorf("line %d, column %d: run the schema in a scratch database: %w", line, column, err)
		}
	}
	return nil
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
