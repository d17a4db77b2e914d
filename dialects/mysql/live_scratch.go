package mysql

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"surefoot/schema"
)

// Scratch runs a text on an empty database of its own, inspects that and drops it.
func (db *Database) Scratch(ctx context.Context, schemaSQL string) (*schema.Schema, error) {
	var s *schema.Schema
	err := db.onScratch(ctx, func(conn querier, name string) error {
		if err := db.fill(ctx, conn, schemaSQL, false); err != nil {
			return err
		}
		var err error
		if s, err = db.inspect(ctx, conn, name); err != nil {
			return err
		}
		for kind := range s.Others {
			s.Others[kind] = schema.NotCounted // they were passed over
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	moved(s, db.name)
	return s, nil
}

// fill runs what a schema file defines; whole: views, triggers and routines too.
func (db *Database) fill(ctx context.Context, conn querier, schemaSQL string, whole bool) error {
	code := db.resolve(schemaSQL)
	database := ""
	for _, at := range split(code, db.mode) {
		what := db.defines(code[at.start:at.end])
		if what.database != "" && database != "" && what.database != database {
			what.refused = "it is about a second database: make a file for each"
		}
		database = cmp.Or(what.database, database)
		if what.refused != "" {
			line, column := place(schemaSQL, at.start)
			return &schema.SyntaxError{Line: line, Column: column, Message: what.refused}
		}
		if !what.run && !(whole && what.beside) {
			continue
		}
		if _, err := conn.ExecContext(ctx, written(schemaSQL, code, at)); err != nil {
			return db.placed(err, schemaSQL, at)
		}
	}
	return nil
}

// Settle makes a scratch database with the tables of a schema file and gives it. To close it drops it, and
// closes db.
func (db *Database) Settle(ctx context.Context, schemaSQL string) (*Database, error) {
	conn, name, drop, err := db.makeScratch(ctx)
	if err != nil {
		return nil, err
	}
	if err := db.fill(ctx, conn, schemaSQL, true); err != nil {
		return nil, errors.Join(err, drop())
	}
	settled := *db
	settled.name, settled.sessions = name, db.sessions.in(name)
	settled.pool = newPool(settled.sessions)
	settled.leave = func() error { return errors.Join(drop(), db.Close()) }
	return &settled, nil
}

// Named is how plans name the database before a table's name.
func (db *Database) Named() string { return db.name }

// onScratch gives a session in an empty database, which is dropped afterwards.
func (db *Database) onScratch(ctx context.Context, work func(conn querier, name string) error) error {
	conn, name, drop, err := db.makeScratch(ctx)
	if err != nil {
		return err
	}
	return errors.Join(work(conn, name), drop())
}

// makeScratch gives a session in an empty database of its own, and what drops that.
func (db *Database) makeScratch(ctx context.Context) (conn *sql.Conn, name string, drop func() error, err error) {
	pool := newPool(db.sessions.in(""))
	if conn, err = pool.Conn(ctx); err != nil {
		return nil, "", nil, errors.Join(fmt.Errorf("open a scratch database: %w", err), pool.Close())
	}
	var tag [4]byte
	rand.Read(tag[:])
	name = scratchPrefix + hex.EncodeToString(tag[:])
	drop = func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+quote(name))
		if err != nil {
			err = fmt.Errorf("drop the scratch database %s: %w", name, err)
		}
		return errors.Join(err, conn.Close(), pool.Close())
	}
	if err := use(ctx, conn, name); err != nil {
		return nil, "", nil, errors.Join(err, conn.Close(), pool.Close())
	}
	if _, err := conn.ExecContext(ctx, "CREATE DATABASE "+quote(name)+db.charset(ctx)); err != nil {
		return nil, "", nil, errors.Join(fmt.Errorf("make a scratch database: %w", err), conn.Close(), pool.Close())
	}
	for _, q := range []string{"USE " + quote(name), "SET SESSION foreign_key_checks = 0"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return nil, "", nil, errors.Join(fmt.Errorf("use a scratch database: %w", err), drop())
		}
	}
	return conn, name, drop, nil
}

const scratchPrefix = "_surefoot_scratch_"

// use says, for as long as the session lives, that somebody uses a scratch database.
func use(ctx context.Context, conn *sql.Conn, name string) error {
	if _, err := conn.ExecContext(ctx, "DO GET_LOCK("+literal(name)+", 0)"); err != nil {
		return fmt.Errorf("make a scratch database: %w", err)
	}
	return nil
}

// StagesStay: a stage outlives a process that is killed.
func (db *Database) StagesStay() bool { return true }

// Sweep drops the scratch databases that nobody uses, and counts the others.
func (db *Database) Sweep(ctx context.Context) (left int, err error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for scratch databases that were left behind: %w", err)
	}
	defer conn.Close()
	return sweep(ctx, conn)
}

func sweep(ctx context.Context, conn *sql.Conn) (left int, err error) {
	names, err := column(ctx, conn, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE "+
		literal(strings.ReplaceAll(scratchPrefix, "_", "|_")+"%")+" ESCAPE '|'")
	if err != nil {
		return 0, fmt.Errorf("look for scratch databases that were left behind: %w", err)
	}
	for _, name := range names {
		var free sql.NullInt64
		if err := conn.QueryRowContext(ctx, "SELECT IS_FREE_LOCK(?)", strings.TrimSuffix(name, keptSuffix)).Scan(&free); err != nil {
			return 0, fmt.Errorf("look for scratch databases that were left behind: %w", err)
		}
		if free.Int64 != 1 {
			left++
			continue
		}
		if _, err := conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name)); err != nil {
			return 0, fmt.Errorf("drop a scratch database that was left behind: %w", err)
		}
	}
	return left, nil
}

// charset is the clause with the target database's default, which tables without one get; empty: the
// server's own.
func (db *Database) charset(ctx context.Context) string {
	var charset, collation string
	if db.name == "" {
		return ""
	}
	err := db.pool.QueryRowContext(ctx, "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", db.name).
		Scan(&charset, &collation)
	if err != nil {
		return ""
	}
	return " DEFAULT CHARACTER SET " + charset + " COLLATE " + collation
}

// moved renames the schema of all tables, and of the sequences that they name.
func moved(s *schema.Schema, name string) {
	for i := range s.Objects {
		s.Objects[i].Of.Schema = name
	}
	s.Default = name
	for _, t := range s.Tables {
		was := t.Name.Schema
		t.Name.Schema = name
		here := strings.NewReplacer(quote(was)+".", quote(name)+".")
		t.Definition = here.Replace(t.Definition)
		for i := range t.Columns {
			c := &t.Columns[i]
			c.Default, c.Definition, c.Rest = here.Replace(c.Default), here.Replace(c.Definition), here.Replace(c.Rest)
		}
		for i := range t.Constraints {
			if t.Constraints[i].RefTable.Schema == was {
				t.Constraints[i].RefTable.Schema = name
			}
		}
	}
}

var atLine = regexp.MustCompile(`(?s)near '(.*)' at line (\d+)`)

// placed gives a syntax error of the server's its place in the text.
func (db *Database) placed(err error, text string, at piece) error {
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return err
	}
	line, column := place(text, at.start)
	if m := atLine.FindStringSubmatch(server.Message); m != nil && server.Number == 1064 {
		statement := text[at.start:at.end]
		if i := strings.LastIndex(statement, m[1]); i >= 0 && m[1] != "" {
			line, column = place(text, at.start+i)
		} else if n, convErr := strconv.Atoi(m[2]); convErr == nil && n > 1 {
			line, column = line+n-1, 1
		}
	}
	return &schema.SyntaxError{Line: line, Column: column, Message: server.Message}
}
