package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
	"surefoot/schema"
)

// Native runs a statement as it was written. Only what changes the definition of twins is run: the
// rest could reach beyond the stage.
func (st *Stage) Native(ctx context.Context, s schema.Statement) (own bool, err error) {
	if st.ticks {
		st.now = strconv.FormatInt(time.Now().Unix(), 10)
	}
	if len(s.Changes) == 0 { // what it sets is the setup of those behind it
		return false, nil
	}
	if reason := st.beyond(s); reason != "" {
		return false, &schema.Unfit{Reason: reason}
	}
	conn, err := st.fresh.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	if len(s.Setup) > 0 { // what it sets must not hold for the next statement
		defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // that is its error
	}
	err = st.play(ctx, conn, s, st.live.mode.noZeros)
	if len(st.live.mode.noZeros) > 0 && aboutZeros(err) && holdsZeros(ctx, conn, s.Changes) {
		err = st.play(ctx, conn, s, nil)
	}
	if err != nil && !st.have.Strict && st.live.Fault(err) == plan.BadValue {
		err = fmt.Errorf("runs are strict, which the sql_mode of this server is not, and would not change a value so that it fits: %w", err)
	}
	return false, err
}

// play runs a statement and what was set before it, in a mode with some words more.
func (st *Stage) play(ctx context.Context, conn *sql.Conn, s schema.Statement, words []string) error {
	mode := "SET SESSION sql_mode = " + st.live.usersMode(words)
	for _, q := range append(append([]string{mode}, s.Setup...), s.SQL) {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// aboutZeros: a date that is zero is refused, as a default or in a row.
func aboutZeros(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == 1067 || e.Number == 1292)
}

// holdsZeros: the server would not even rebuild the twin as it is. Zero dates that are there may stay in a copy.
func holdsZeros(ctx context.Context, conn *sql.Conn, changes []schema.Change) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		_, err := conn.ExecContext(ctx, "ALTER TABLE "+qualified(c.Table())+" FORCE, ALGORITHM=COPY")
		return aboutZeros(err)
	})
}

// beyond says why a statement may reach beyond the stage; empty: it does not.
func (st *Stage) beyond(s schema.Statement) string {
	r := newReader(st.live.resolve(s.SQL), st.live.mode)
	about := "the statement at line " + fmt.Sprint(s.Line)
	if r.takeAll("drop", "trigger") {
		r.takeAll("if", "exists")
		if name, ok := readName(r); ok && (name.Schema == "" || name.Schema == st.name) {
			return ""
		}
		return about + " is about a trigger of another database"
	}
	if !schema.PutsConstants(s.Changes) && !changesTable(r) {
		return about + " is no change of a table's definition"
	}
	for _, c := range s.Changes {
		if made, ok := c.(schema.CreateTable); ok && readsRows(made) {
			return about + " makes a table out of rows that the twins do not have"
		}
		name := c.Table()
		if name.Table == "" || name.Schema != "" && name.Schema != st.name {
			return about + " is about a table of another database, or one that is not known"
		}
	}
	return ""
}

// changesTable passes the words with which a change of a table's definition begins.
func changesTable(r *reader) bool {
	if !r.take("alter", "create", "drop", "rename", "truncate") {
		return false
	}
	for !r.eof() && r.take("or", "replace", "online", "offline", "ignore", "unique", "fulltext", "spatial", "vector", "temporary") {
	}
	return r.take("table", "index")
}
