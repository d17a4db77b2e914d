package mysql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"surefoot/planner"
)

// Scratch runs a schema's text in a database of its own on this server, reads what it made and
// drops the database. Foreign keys may stand before the tables that they name.
func (db *Database) Scratch(ctx context.Context, schemaSQL string) (_ *planner.Schema, err error) {
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	name := "surefoot_scratch_" + hex.EncodeToString(id[:])
	if _, err := db.pool.ExecContext(ctx, "CREATE DATABASE "+quote(name)); err != nil {
		return nil, fmt.Errorf("make a scratch database (the user needs CREATE): %w", err)
	}
	defer func() {
		_, dropErr := db.pool.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+quote(name))
		err = errors.Join(err, dropErr)
	}()
	config := db.config.Clone()
	config.DBName = name
	pool, err := connect(config)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	text := db.resolve(schemaSQL)
	if _, err := conn.ExecContext(ctx, "SET SESSION foreign_key_checks = 0"); err != nil {
		return nil, err
	}
	for _, p := range split(text, db.mode) {
		if _, err := conn.ExecContext(ctx, text[p.start:p.end]); err != nil {
			return nil, fmt.Errorf("run the schema in a scratch database: %w", err)
		}
	}
	s, err := db.inspect(ctx, conn, name)
	if err != nil {
		return nil, err
	}
	s.Default = db.name
	for _, t := range s.Tables {
		t.Name.Schema = db.name
		for i := range t.Constraints {
			if k := &t.Constraints[i]; k.RefTable.Schema == name {
				k.RefTable.Schema = db.name
			}
		}
	}
	return s, nil
}
