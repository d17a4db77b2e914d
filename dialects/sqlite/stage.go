package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

// Stage is a scratch place for a rehearsal: a database in memory with twins of all tables, gone
// with the process. Of the live file, rows are read once, for a moment.
type Stage struct {
	live        *Database
	have, after *schema.Schema
	start       []byte // the database as it was at the start
	db          *sql.DB
	now         string // the time of the last native statement, in seconds since 1970
}

// asideTable keeps rows that others take out of a twin for a while.
const asideTable = "surefoot_aside"

// serializable is the driver's session.
type serializable interface {
	Serialize() ([]byte, error)
	Deserialize([]byte) error
}

// Stage makes twins of the tables of have, with a sample of the rows of those named and of those that foreign
// keys bind to them. after is have with the change made, as far as it is known.
func (db *Database) Stage(ctx context.Context, have, after *schema.Schema, names []schema.Name) (*Stage, error) {
	st := &Stage{live: db, have: have, after: after}
	if err := st.open(); err != nil {
		return nil, err
	}
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("make twins: %w", err)
	}
	defer conn.Close()
	var encoding string
	if err := db.pool.QueryRowContext(ctx, "PRAGMA encoding").Scan(&encoding); err != nil {
		return nil, errors.Join(fmt.Errorf("make twins: %w", err), st.db.Close())
	}
	if err := st.fill(ctx, conn, encoding, db.path, schema.Bound(have, after, names)); err != nil {
		return nil, errors.Join(fmt.Errorf("make twins: %w", err), st.db.Close())
	}
	err = conn.Raw(func(c any) error {
		st.start, err = c.(serializable).Serialize()
		return err
	})
	return st, err
}

// open makes the database in memory. Its session reads the live file too, and waits there for those that write.
func (st *Stage) open() (err error) {
	st.db, err = sql.Open("sqlite", ":memory:?_pragma=busy_timeout(5000)&_pragma=foreign_keys(0)&_pragma=recursive_triggers(0)&_pragma=legacy_alter_table(0)")
	if err == nil {
		st.db.SetMaxOpenConns(1) // each session would have a database of its own
	}
	return err
}

// fill makes everything that the live file holds, and copies a sample. Indexes come before the rows: others
// write to the live file between two reads, and only a unique index keeps two rows apart that never stood
// there together. Triggers come after the rows.
func (st *Stage) fill(ctx context.Context, conn *sql.Conn, encoding, path string, tables []*schema.Table) error {
	if _, err := conn.ExecContext(ctx, "PRAGMA encoding = "+literal(encoding)); err != nil { // files of two encodings do not go together
		return err
	}
	if _, err := conn.ExecContext(ctx, "ATTACH "+literal(fileURL(path)+"?mode=ro")+" AS sf_live"); err != nil {
		return err
	}
	var early, late []string
	err := each(ctx, conn, `SELECT type, sql FROM sf_live.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'sf_live' AND type = 'shadow') -- those make themselves
		ORDER BY type = 'table' DESC, type = 'index' DESC, type = 'view' DESC, rowid`, func(rows *sql.Rows) error {
		var kind, text string
		if err := rows.Scan(&kind, &text); err != nil {
			return err
		}
		if kind == "table" || kind == "index" {
			early = append(early, text)
		} else {
			late = append(late, text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, q := range early {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := st.samples(ctx, conn, tables); err != nil {
		return err
	}
	there, err := counts(ctx, conn, "main")
	for name, n := range st.have.Settings {
		late = append(late, "PRAGMA main."+name+" = "+n)
	}
	if err == nil && there {
		err = sequences(ctx, conn, "sf_live", func(table string, seq int64) error {
			late = append(late, "DELETE FROM main.sqlite_sequence WHERE name = "+literal(table),
				fmt.Sprintf("INSERT INTO main.sqlite_sequence (name, seq) VALUES (%s, %d)", literal(table), seq))
			return nil
		})
	}
	if err != nil {
		return err
	}
	for _, q := range late {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, "DETACH sf_live")
	return err
}

// samples takes rows of tables, with those that they refer to.
func (st *Stage) samples(ctx context.Context, conn *sql.Conn, tables []*schema.Table) error {
	until := time.Now().Add(plan.SampleTime)
	for _, t := range tables {
		if err := st.sample(ctx, conn, t, until); err != nil {
			return err
		}
	}
	until = time.Now().Add(plan.SampleTime)
	for _, t := range tables {
		if err := st.sampleWindows(ctx, conn, t, until); err != nil {
			return err
		}
	}
	if err := st.families(ctx, conn, tables); err != nil {
		return err
	}
	for _, t := range tables {
		if err := st.shorten(ctx, conn, t); err != nil {
			return err
		}
	}
	return nil
}

func (st *Stage) sample(ctx context.Context, conn *sql.Conn, t *schema.Table, until time.Time) error {
	columns := writable(t)
	if columns == "" { // every value is computed
		return nil
	}
	for _, tail := range plan.Sample(t, words(liveName(t))) {
		if time.Now().After(until) {
			return nil
		}
		if _, err := take(ctx, conn, t, columns, tail); err != nil {
			return err
		}
	}
	return nil
}

// sampleWindows takes the extremes that windows of a large table have.
func (st *Stage) sampleWindows(ctx context.Context, conn *sql.Conn, t *schema.Table, until time.Time) error {
	columns := writable(t)
	words := words(liveName(t))
	if rowid := hiddenRowid(t); rowid != "" {
		words.PlaceEnds = fmt.Sprintf("SELECT (SELECT MIN(%s) FROM %s), (SELECT MAX(%[1]s) FROM %[2]s)", rowid, words.From)
		words.Places = func(from, to int64) string { return fmt.Sprintf("%s BETWEEN %d AND %d", rowid, from, to) }
	}
	windows := plan.NewWindows(t, st.after, words)
	if windows == nil || columns == "" {
		return nil
	}
	var least, greatest sql.NullInt64
	if err := conn.QueryRowContext(ctx, windows.Ends).Scan(&least, &greatest); err != nil || !least.Valid {
		return nil //nolint:nilerr // a key may hold other values than its type says
	}
	sampled := func() string { return "main." + quote(t.Name.Table) }
	return windows.Look(until, least.Int64, greatest.Int64, sampled, func(tail string) (int64, error) {
		within, cancel := context.WithTimeout(ctx, plan.SampleMoment)
		defer cancel()
		rows, err := take(within, conn, t, columns, tail)
		if within.Err() != nil && ctx.Err() == nil { // whoever writes waits no longer
			return 0, nil
		}
		return rows, err
	})
}

func liveName(t *schema.Table) string { return "sf_live." + quote(t.Name.Table) }

// take copies the rows of a live table that stand behind SELECT … FROM, and says how many are new.
func take(ctx context.Context, conn *sql.Conn, t *schema.Table, columns, tail string) (rows int64, err error) {
	done, err := conn.ExecContext(ctx, fmt.Sprintf("INSERT OR IGNORE INTO main.%s (%s) SELECT %[2]s FROM %s %s", quote(t.Name.Table), columns, liveName(t), tail))
	if err == nil {
		rows, err = done.RowsAffected()
	}
	if err != nil {
		return 0, fmt.Errorf("sample %s: %w", t.Name, err)
	}
	return rows, nil
}

// words say how a sample's queries are written; from is the table.
func words(from string) plan.SampleWords {
	return plan.SampleWords{
		From: from, Quote: quote,
		Length: func(column string) string { return "length(" + column + ")" },
		Whole:  func(expr string) string { return "CAST(" + expr + " AS INTEGER)" },
	}
}

// writable lists the columns that are given values, the hidden rowid among them; of a virtual table none.
func writable(t *schema.Table) string {
	if t.Extra[extraVirtual] != "" {
		return ""
	}
	var names []string
	if rowid := hiddenRowid(t); rowid != "" {
		names = append(names, rowid)
	}
	for _, c := range t.Columns {
		if c.Generated == "" {
			names = append(names, quote(c.Name))
		}
	}
	return strings.Join(names, ", ")
}

// Reset makes the twins what they were at the start.
func (st *Stage) Reset(ctx context.Context) (*schema.Schema, error) {
	if err := st.db.Close(); err != nil {
		return nil, err
	}
	if err := st.open(); err != nil {
		return nil, err
	}
	if st.now == "" { // there may be no native statement
		st.now = strconv.FormatInt(time.Now().Unix(), 10)
	}
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = conn.Raw(func(c any) error { return c.(serializable).Deserialize(st.start) })
	if err := errors.Join(err, conn.Close()); err != nil {
		return nil, fmt.Errorf("make the twins anew: %w", err)
	}
	return st.Inspect(ctx)
}

// Inspect reads the twins, with the sizes of the live tables.
func (st *Stage) Inspect(ctx context.Context) (*schema.Schema, error) {
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return st.inspect(ctx, conn)
}

func (st *Stage) inspect(ctx context.Context, conn *sql.Conn) (*schema.Schema, error) {
	tables, err := inspect(ctx, conn, "")
	if err != nil {
		return nil, fmt.Errorf("inspect the twins: %w", err)
	}
	for _, t := range tables {
		live := st.have.Table(t.Name)
		if live == nil {
			continue
		}
		t.Stats, t.Refusals = live.Stats, live.Refusals
		for i := range t.Columns {
			if c := live.Column(t.Columns[i].Name); c != nil {
				t.Columns[i].NeverNull = c.NeverNull
			}
		}
	}
	s := st.live.schema(tables)
	s.Settings, err = numbers(ctx, conn)
	return s, err
}

// Open gives the only session.
func (st *Stage) Open(ctx context.Context) (*sql.Conn, func() error, error) {
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	return conn, conn.Close, nil
}

// Clock gives the time of the last native statement: SQLite's own does not stand still.
func (st *Stage) Clock(context.Context) (string, error) { return st.now, nil }

// Schemas: the twins stand in the main schema, as the live tables do.
func (st *Stage) Schemas() map[string]string { return nil }

// Foretells: all names are the same here.
func (st *Stage) Foretells() bool { return true }

// Here gives SQL as it is.
func (st *Stage) Here(sql string) string { return sql }

// Sealed: it is a database of its own, in memory.
func (st *Stage) Sealed() {}

// Doubt: a foreign key is looked for by a step of the plan here, among rows that have their parents in the sample.
func (st *Stage) Doubt(error) string { return "" }

// Fault says what an error of the engine means.
func (st *Stage) Fault(err error) plan.Fault { return st.live.Fault(err) }

// Act gives a plan's statement as it is.
func (st *Stage) Act(sql string) string { return sql }

// Native runs a statement as it was written. What SQLite has no statement for, a rebuild of our own
// makes.
func (st *Stage) Native(ctx context.Context, s schema.Statement) (own bool, err error) {
	st.now = strconv.FormatInt(time.Now().Unix(), 10)
	if _, err = st.db.ExecContext(ctx, s.SQL); err != nil && (strings.Contains(err.Error(), "syntax error") || strings.Contains(err.Error(), "constraint may not be dropped")) {
		return true, nil
	}
	return false, err
}

// Others writes to a twin.
func (st *Stage) Others(ctx context.Context, w plan.Writes, table schema.Name) error {
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	now, err := st.inspect(ctx, conn)
	if err != nil {
		return err
	}
	t := now.Table(table)
	if t == nil {
		return nil
	}
	for _, q := range plan.Others(t, w, false, quote(asideTable), "", words(quote(t.Name.Table))) {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// Close forgets everything.
func (st *Stage) Close(context.Context) error { return st.db.Close() }
