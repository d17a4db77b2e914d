package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"surefoot/plan"
	"surefoot/schema"
)

// Stage is a scratch place for a rehearsal: schemas of their own, in one transaction that is rolled
// back. Nobody else ever sees them, and the server takes them back when the process dies. What
// cannot run in a transaction (CONCURRENTLY) runs there without that word: it makes the same.
type Stage struct {
	live    *Database
	have    *schema.Schema
	after   *schema.Schema
	schemas map[string]string // the stage's for the live ones
	known   map[string]bool   // qualified live names that mean something else here
	twins   []*twinTable
	// published has the stage's publications for the live ones.
	published map[string]string
	// fixed are twins whose rows nobody updates or deletes: published tables without a replica identity, and those
	// of which the owner gave up the right.
	fixed map[schema.Name]bool
	pool  *sql.DB
	conn  *sql.Conn // the only session

	shared []shared // sequences of no table's own
}

// asideTable keeps rows that others take out of a twin for a while.
const asideTable = "surefoot_aside"

// Stage makes twins of the named tables and of those that foreign keys bind to them. after is have
// with the change made, as far as it is known.
func (db *Database) Stage(ctx context.Context, have, after *schema.Schema, names []schema.Name) (*Stage, error) {
	st := &Stage{live: db, have: have, after: after, schemas: map[string]string{}, known: map[string]bool{}, published: map[string]string{}, fixed: map[schema.Name]bool{}}
	var tag [6]byte
	if _, err := rand.Read(tag[:]); err != nil {
		return nil, err
	}
	for _, t := range family(schema.Bound(have, after, names), names) {
		st.twins = append(st.twins, &twinTable{table: t})
		st.knows(t)
		if made := after.Table(t.Name); made != nil {
			st.knows(made)
		}
	}
	if err := st.made(ctx, names); err != nil {
		return nil, err
	}
	for _, o := range after.Objects { // and its sequences
		if n, ok := nameOf(o.Name); ok && o.Kind == kindSequence && slices.Contains(names, o.Of) {
			st.known[n.String()] = true
		}
	}
	if err := st.sharedSequences(ctx); err != nil {
		return nil, err
	}
	st.schemas[have.Default] = ""
	delete(st.schemas, "")
	quoted, err := column(ctx, db.pool, "SELECT n FROM unnest($1::text[]) n WHERE quote_ident(n) <> n", st.inOrder(""))
	if err != nil {
		return nil, fmt.Errorf("make a stage: %w", err)
	}
	for i, live := range st.inOrder("") {
		name := "surefoot_stage_" + hex.EncodeToString(tag[:]) + "_" + strconv.Itoa(i)
		if slices.Contains(quoted, live) {
			name += "Q" // it needs quotes where the live one does
		}
		st.schemas[live] = name
	}
	if err := st.read(ctx, after); err != nil {
		return nil, err
	}
	if err := st.set(ctx); err != nil {
		return nil, errors.Join(err, st.Close(context.WithoutCancel(ctx)))
	}
	return st, nil
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Schemas gives the stage's schemas.
func (st *Stage) Schemas() map[string]string { return st.schemas }

// Foretells says that the live schemas' names can stand where the stage's do, in strings too.
func (st *Stage) Foretells() bool {
	return !slices.ContainsFunc(st.inOrder(""), func(live string) bool { return strings.ContainsAny(live, "\"'\\") })
}

// Act leaves out what opens and ends transactions, what waits for others, and what touches the
// user's functions; CONCURRENTLY is cut out.
func (st *Stage) Act(text string) string {
	if text == "BEGIN" || text == "COMMIT" || text == snapshotGuard || strings.HasPrefix(text, "ALTER FUNCTION ") || newSource(text).skip(0, "set", "constraints") > 0 ||
		newSource(text).skip(0, "refresh", "materialized", "view") > 0 { // a materialized view has no twin
		return ""
	}
	if first, ok := strings.CutPrefix(text, setPath); ok {
		return setPath + st.path(newSource(first).name(0)) + ", " + first
	}
	if text == resetPath {
		return setPath + st.path(st.have.Default)
	}
	for live, here := range st.published {
		if rest, ok := strings.CutPrefix(text, "ALTER PUBLICATION "+quote(live)+" "); ok {
			return "ALTER PUBLICATION " + quote(here) + " " + rest
		}
	}
	src := newSource(text)
	if filled := withoutRows(src); filled != "" {
		return filled
	}
	if i := makesAside(src); i > 0 && i+1 < len(src.tokens) && src.tokens[i+1].punct != '.' {
		at := src.tokens[i].start // where the live one comes to stand: its name with a schema is the same
		return text[:at] + quote(st.have.Default) + "." + text[at:]
	}
	for i, t := range src.tokens {
		if t.word == "concurrently" && i > 0 && (src.tokens[i-1].word == "index" || src.tokens[i-1].word == "view") {
			return text[:t.start] + text[t.end:]
		}
	}
	return text
}

// Open gives the only session.
func (st *Stage) Open(context.Context) (*sql.Conn, func() error, error) {
	return st.conn, func() error { return nil }, nil
}

// Clock gives the time of the transaction, in which it stands still.
func (st *Stage) Clock(ctx context.Context) (now string, err error) {
	err = st.conn.QueryRowContext(ctx, "SELECT extract(epoch FROM now())::text").Scan(&now)
	return now, err
}

// longestNative is how long a statement may take on twins, which have few rows.
const longestNative = 5 * time.Second

// Native runs a statement as it was written. Only what is about twins, or makes something new, is
// run: the rest could reach beyond the stage.
func (st *Stage) Native(ctx context.Context, s schema.Statement) (own bool, err error) {
	if reason := st.beyond(s); reason != "" {
		return false, &schema.Unfit{Reason: reason}
	}
	text := st.Act(s.SQL)
	if text == "" || len(s.Changes) == 0 { // what a script sets is Within
		return false, nil
	}
	texts := append(append(slices.Clone(s.Within), fmt.Sprintf("SET LOCAL statement_timeout = %d", longestNative.Milliseconds()), text, "SET LOCAL statement_timeout = 0"),
		st.live.leaving(s.Within)...)
	for _, q := range texts {
		if _, err := st.conn.ExecContext(ctx, st.Act(q)); err != nil {
			return false, err
		}
	}
	var reached sql.NullString
	err = st.conn.QueryRowContext(ctx, `SELECT string_agg(DISTINCT l.relation::regclass::text, ', ') FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
		AND n.nspname NOT LIKE 'surefoot\_stage\_%' AND n.nspname NOT LIKE 'pg\_%'
		AND NOT (c.relkind = 'S' AND age(c.xmin) <= age(pg_current_xact_id()::xid))`).Scan(&reached) // but a sequence that it makes
	if err == nil && reached.String != "" {
		return false, &schema.Unfit{Reason: "the statement at line " + strconv.Itoa(s.Line) + " reaches beyond the twins: " + reached.String}
	}
	return false, err
}

// confined are the beginnings of statements that touch only the table that they name.
var confined = []string{
	"alter table", "create index", "create unique index", "drop index", "create table", "drop table", "comment on", "grant", "revoke",
	"create policy", "alter policy", "drop policy", "create statistics", "drop statistics", "alter statistics", "alter index", "create trigger", "drop trigger", "alter sequence",
}

// makesAside gives where the name stands of what a statement makes beside the tables, which nobody sees before
// the transaction is over; 0: it makes no such thing.
func makesAside(src source) int {
	if i := src.skip(0, "create", "or", "replace", "function"); i > 0 {
		return i
	}
	if ownsSequence(src) { // it must stand where its table does
		return 0
	}
	for _, what := range []string{"type", "domain", "function", "sequence"} {
		if i := src.skip(0, "create", what); i > 0 {
			return src.skip(i, "if", "not", "exists")
		}
	}
	return 0
}

// beyond says why a statement may reach beyond the stage; empty: it does not.
func (st *Stage) beyond(s schema.Statement) string {
	about := "the statement at line " + strconv.Itoa(s.Line)
	src := newSource(s.SQL)
	if st.Act(s.SQL) == "" || len(s.Changes) == 0 || st.ownView(src) {
		return ""
	}
	if makesAside(src) > 0 && !slices.ContainsFunc(s.Within, func(q string) bool { return strings.HasPrefix(q, setPath) }) {
		return ""
	}
	if !slices.ContainsFunc(confined, func(words string) bool { return src.skip(0, strings.Fields(words)...) > 0 }) && !schema.PutsConstants(s.Changes) {
		return about + " is not only about a table's definition"
	}
	for _, c := range s.Changes {
		name := c.Table()
		if name.Schema == "" {
			name.Schema = st.schemas[st.have.Default]
		}
		live := ""
		for l, here := range st.schemas {
			if here == name.Schema {
				live = l
			}
		}
		if name.Table == "" || !st.known[live+"."+name.Table] {
			return about + " is about something that has no twin"
		}
	}
	return ""
}

// Others writes to a twin as an application does.
func (st *Stage) Others(ctx context.Context, w plan.Writes, table schema.Name) error {
	now, err := st.Inspect(ctx)
	if err != nil {
		return err
	}
	if live := st.liveName(table); live != (schema.Name{}) {
		table = live
	}
	t := now.Table(st.twin(table))
	if t == nil || st.fixed[t.Name] {
		return nil
	}
	aside := qualified(schema.Name{Schema: t.Name.Schema, Table: asideTable})
	referred := len(take[[]incomingKey](t, extraIncoming)) > 0 || st.refers(table)
	quiet := st.hush(t)
	statements := plan.Others(t, w, referred, aside, " OVERRIDING SYSTEM VALUE", sampleWords(qualified(t.Name)))
	if len(statements) > 0 && quiet {
		statements = append(append([]string{quietly}, statements...), "SET LOCAL session_replication_role = origin")
	}
	if len(statements) > 0 {
		statements = append(statements, "SET CONSTRAINTS ALL IMMEDIATE")
	}
	for i, q := range append([]string{"SAVEPOINT surefoot_others"}, statements...) {
		_, err := st.conn.ExecContext(ctx, q)
		if server := (*pgconn.PgError)(nil); i > 0 && errors.As(err, &server) && (server.Code == "55000" || server.Code == "42501") {
			st.fixed[t.Name] = true
			_, err = st.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT surefoot_others")
			return err
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refers says that a foreign key, of another table or its own, refers to a live table, before the change
// or after it: it may go on the way and come back.
func (st *Stage) refers(table schema.Name) bool {
	return slices.ContainsFunc([]*schema.Schema{st.have, st.after}, func(s *schema.Schema) bool {
		return slices.ContainsFunc(s.Tables, func(t *schema.Table) bool {
			return slices.ContainsFunc(schema.ForeignKeys(s, nil, t), func(k schema.Constraint) bool { return s.Resolve(k.RefTable) == table })
		})
	})
}

// hush takes the user's triggers off what is known of a table, where they can be kept from firing:
// what they do may reach beyond the stage. Those of a capture fire always.
func (st *Stage) hush(t *schema.Table) bool {
	states := take[map[string]string](t, extraTriggers)
	loud := slices.ContainsFunc(t.Triggers, func(g schema.Trigger) bool { return states[g.Name] == "A" || states[g.Name] == "R" })
	if len(t.Triggers) == 0 || loud || !st.live.quiet {
		return false
	}
	t.Triggers = nil
	return true
}

// Close rolls everything back.
func (st *Stage) Close(ctx context.Context) error {
	if st.pool == nil {
		return nil
	}
	var err error
	if st.conn != nil {
		_, err = st.conn.ExecContext(ctx, "ROLLBACK")
		err = errors.Join(err, st.conn.Close())
	}
	return errors.Join(err, st.pool.Close())
}

// unfit says that a twin cannot be made.
func unfit(t schema.Name, err error) error {
	return &schema.Unfit{Reason: fmt.Sprintf("%s has no twin: %s", t, err)}
}
