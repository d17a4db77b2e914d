package mysql

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
	"surefoot/schema"
)

// Stage is a scratch place for a rehearsal: two databases of the same server. One keeps a sample of
// the live tables' rows as they were at the start, in the other the twins are made anew for each
// play. A role that may not create databases has none.
type Stage struct {
	live        *Database
	twin        *Database // in the database of the twins
	fresh       *sql.DB   // sessions there that are used once: what a step sets in its own ends with it
	have, after *schema.Schema
	twins       []twinTable
	sequences   []string            // make the sequences that they take numbers from
	onlyLive    map[string][]string // what forbids a copy of the live tables and is not seen of their twins, by table
	kept, name  string
	sessions    *sql.DB   // sessions of no database, to make and drop both
	lock        *sql.Conn // holds the lock that says that somebody is on this stage
	charset     string
	now         string // what its clock says, in seconds since 1970
	ticks       bool   // the server lets nobody set the clock
}

// twinTable is a table of the stage with what makes it.
type twinTable struct {
	table    *schema.Table
	create   string
	triggers []trigger
}

type trigger struct{ name, mode, create string }

const (
	stagePrefix = scratchPrefix + "stage_"
	keptSuffix  = "_kept"
	asideTable  = journalPrefix + "aside"
)

// Stage makes twins of the named tables and of those that foreign keys bind to them. after is have
// with the change made, as far as it is known.
func (db *Database) Stage(ctx context.Context, have, after *schema.Schema, names []schema.Name) (*Stage, error) {
	var tag [6]byte
	rand.Read(tag[:])
	st := &Stage{live: db, have: have, after: after, name: stagePrefix + hex.EncodeToString(tag[:]), charset: db.charset(ctx)}
	st.kept = st.name + keptSuffix
	st.sessions = newPool(db.sessions.in(""))
	if err := st.set(ctx, schema.Bound(have, after, names)); err != nil {
		return nil, errors.Join(err, st.Close(context.WithoutCancel(ctx)))
	}
	return st, nil
}

func (st *Stage) set(ctx context.Context, tables []*schema.Table) (err error) {
	if err := st.claim(ctx); err != nil {
		return err
	}
	twin := *st.live
	twin.leave = nil // the live database is closed by who opened it
	twin.name, twin.sessions = st.name, st.live.sessions.in(st.name)
	st.now = strconv.FormatInt(time.Now().Unix(), 10)
	if _, err := st.lock.ExecContext(ctx, "SET SESSION timestamp = "+st.now); err != nil {
		st.ticks = true
	} else {
		twin.sessions.set("timestamp", st.now)
	}
	twin.pool, st.fresh = newPool(twin.sessions), newPool(twin.sessions)
	st.fresh.SetMaxIdleConns(-1)
	st.twin = &twin
	for _, t := range tables {
		made, err := st.describe(ctx, t)
		if err != nil {
			return err
		}
		st.twins = append(st.twins, made)
	}
	if err := st.keepSequences(ctx); err != nil {
		return err
	}
	return st.sample(ctx)
}

// Clock stands still where the server lets it, so that a default like CURRENT_TIMESTAMP gives rows the same
// value in each play.
func (st *Stage) Clock(context.Context) (string, error) { return st.now, nil }

// claim makes the databases, and drops those that were left behind.
func (st *Stage) claim(ctx context.Context) (err error) {
	if st.lock, err = st.sessions.Conn(ctx); err != nil {
		return fmt.Errorf("make a stage: %w", err)
	}
	if err := use(ctx, st.lock, st.name); err != nil {
		return err
	}
	if _, err := sweep(ctx, st.lock); err != nil {
		return err
	}
	for _, name := range []string{st.kept, st.name} {
		_, err := st.lock.ExecContext(ctx, "CREATE DATABASE "+quote(name)+st.charset)
		if forbidden(err) {
			return &schema.Unfit{Reason: "the role may not create a scratch database (GRANT ALL ON `" + strings.ReplaceAll(scratchPrefix, "_", `\_`) + "%`.* lets it)"}
		}
		if err != nil {
			return fmt.Errorf("make a stage: %w", err)
		}
	}
	return nil
}

func forbidden(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == 1044 || e.Number == 1045 || e.Number == 1142 || e.Number == 1227)
}

// column gives a query's only column.
func column(ctx context.Context, q querier, text string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Close drops both databases.
func (st *Stage) Close(ctx context.Context) error {
	var errs []error
	if st.twin != nil {
		errs = append(errs, st.fresh.Close(), st.twin.Close())
	}
	if st.lock != nil {
		for _, name := range []string{st.name, st.kept} {
			_, err := st.lock.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name))
			if !forbidden(err) {
				errs = append(errs, err)
			}
		}
		errs = append(errs, st.lock.Close())
	}
	return errors.Join(append(errs, st.sessions.Close())...)
}

// Schemas: the twins stand in a database of their own.
func (st *Stage) Schemas() map[string]string { return map[string]string{st.live.name: st.name} }

// Foretells says that the live database's name can stand where the stage's does, in strings too.
func (st *Stage) Foretells() bool { return !strings.ContainsAny(st.live.name, "`\"'\\") }

// Here names the twins' database wherever the live one's is named before a dot.
func (st *Stage) Here(text string) string {
	toks := tokenize(text, st.live.mode)
	var b strings.Builder
	last := 0
	for i, t := range toks {
		if t.named() && t.text == st.live.name && i+1 < len(toks) && toks[i+1].sign(".") && (i == 0 || !toks[i-1].sign(".")) {
			b.WriteString(text[last:t.start] + quote(st.name))
			last = t.end
		}
	}
	return b.String() + text[last:]
}

// Act gives a plan's statement as it is.
func (st *Stage) Act(text string) string { return text }

// Open gives a session in the twins' database.
func (st *Stage) Open(ctx context.Context) (*sql.Conn, func() error, error) {
	conn, err := st.fresh.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	return conn, conn.Close, nil
}

// Others writes to a twin as an application does.
func (st *Stage) Others(ctx context.Context, w plan.Writes, table schema.Name) error {
	now, err := st.twin.inspect(ctx, st.twin.pool, st.name)
	if err != nil {
		return err
	}
	t := now.Table(schema.Name{Table: table.Table})
	if t == nil {
		return nil
	}
	conn, err := st.fresh.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	setup := []string{"SET " + ours + " = NULL", "SET SESSION foreign_key_checks = 0"}
	for _, q := range append(setup, plan.Others(t, w, st.referred(table.Table), quote(asideTable), "", words(quote(t.Name.Table)))...) {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// words say how a sample's queries are written; from is the table.
func words(from string) plan.SampleWords {
	return plan.SampleWords{
		From: from, Quote: quote,
		Length: func(column string) string { return "LENGTH(" + column + ")" },
		Whole:  func(expr string) string { return "FLOOR(" + expr + ")" },
		// As the server may want it: sql_require_primary_key, GTIDs with another default_storage_engine.
		Aside: " (sf_n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB",
	}
}
