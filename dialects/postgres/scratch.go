package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

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
	pool := newPool(config)
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
	if _, err := conn.ExecContext(ctx, schemaSQL); err != nil {
		return nil, fmt.Errorf("run the schema in a scratch database: %w", err)
	}
	return db.inspect(ctx, pool)
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
