package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // registers "sqlite"

	"surefoot/schema"
)

// scratch is an empty database in memory: SQLite itself reads definitions there and says what
// they mean.
type scratch struct{ db *sql.DB }

func newScratch() (*scratch, error) {
	db, err := sql.Open("sqlite", ":memory:?_pragma=foreign_keys(0)")
	if err != nil {
		return nil, fmt.Errorf("open a scratch database: %w", err)
	}
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	return &scratch{db}, nil
}

func (s *scratch) close() { _ = s.db.Close() } // there is nothing to lose

func (s *scratch) exec(statements ...string) error {
	for _, q := range statements {
		if _, err := s.db.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

// loadNamed makes a table with all that SQLite looks at when the table gets or loses a name.
func (s *scratch) loadNamed(t *schema.Table) error {
	for key, text := range t.Extra {
		if strings.HasPrefix(key, extraBeside) {
			_ = s.exec(text) // it may need what only the application has
		}
	}
	return s.load(t)
}

// load makes tables with their indexes, and the triggers and views that name them. Views and triggers come last: they
// may name any table; those that cannot be made here (they may need functions of the
// application's own) are left out.
func (s *scratch) load(tables ...*schema.Table) error {
	var late, last []string
	seen := map[string]bool{}
	if err := s.exec("SAVEPOINT load"); err != nil {
		return err
	}
	defer s.exec("RELEASE load") //nolint:errcheck // there is nothing to lose
	for _, t := range tables {
		if err := s.exec(t.Definition); err != nil {
			return fmt.Errorf("read the definition of %s: %w", t.Name, err)
		}
		for _, ix := range t.Indexes {
			if ix.Definition == "" {
				continue
			}
			if err := s.exec(ix.Definition); err != nil {
				return fmt.Errorf("read the definition of index %s: %w", ix.Name, err)
			}
		}
		for _, tr := range t.Triggers {
			last = append(last, tr.Definition)
		}
		for k, text := range t.Extra {
			switch {
			case seen[k]:
			case strings.HasPrefix(k, extraView):
				late = append(late, text)
			case strings.HasPrefix(k, extraTrigger):
				last = append(last, text) // it may be a view's
			}
			seen[k] = true
		}
	}
	for _, text := range append(late, last...) {
		_ = s.exec(text)
	}
	return nil
}

// tables inspects what is there.
func (s *scratch) tables() ([]*schema.Table, error) {
	return inspect(context.Background(), s.db, "")
}

func (s *scratch) table(name string) (*schema.Table, error) {
	tables, err := inspect(context.Background(), s.db, name)
	if err != nil {
		return nil, err
	}
	if name == "" || len(tables) == 0 {
		return nil, fmt.Errorf("there is no table %s", name)
	}
	return tables[0], nil
}

// Schema reads a schema file.
func (d *Dialect) Schema(text string) (*schema.Schema, error) {
	s, err := newScratch()
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := define(text, func(q string) error { return s.exec(q) }); err != nil {
		return nil, err
	}
	tables, err := s.tables()
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		neverNull(t)
	}
	out := d.schema(tables)
	out.Objects = storage(tables)
	out.Others, err = others(context.Background(), s.db)
	return out, err
}

// define runs what a schema file defines: a dump's rows and settings are no part of the schema.
func define(text string, run func(q string) error) error {
	for _, tokens := range split(text) {
		if tokens[0].is("INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VACUUM", "ANALYZE", "ATTACH", "DETACH", "PRAGMA", "BEGIN", "COMMIT", "END") {
			continue
		}
		if err := run(text[tokens[0].start:tokens[len(tokens)-1].end]); err != nil {
			return syntaxError("", text, tokens, err)
		}
	}
	return nil
}

// schema wraps tables up.
func (d *Dialect) schema(tables []*schema.Table) *schema.Schema {
	return &schema.Schema{
		Dialect: "sqlite", Version: d.version, Default: mainSchema, Strict: true, Tables: tables, Ways: schema.Ways{RefersAhead: true, KeysStay: true, SharesNames: true, ToTheLetter: true},
	}
}

// others counts what is not compared with a wanted schema.
func others(ctx context.Context, q querier) (map[string]int, error) {
	counts := map[string]int{"views": 0, "triggers": 0}
	err := each(ctx, q, `SELECT type || 's', count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger') AND name NOT LIKE '\_surefoot%' ESCAPE '\' GROUP BY 1`, func(rows *sql.Rows) error {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			return err
		}
		counts[kind] = n
		return nil
	})
	return counts, err
}

// storage gives what is said of tables behind their columns, which only a rebuild changes.
func storage(tables []*schema.Table) []schema.Object {
	var out []schema.Object
	for _, t := range tables {
		var words []string
		if t.Extra[extraStrict] != "" {
			words = append(words, "STRICT")
		}
		if t.Extra[extraWithoutRowid] != "" {
			words = append(words, "WITHOUT ROWID")
		}
		if len(words) > 0 {
			out = append(out, schema.Object{
				Kind: "storage", Name: t.Name.Table, Of: t.Name, Definition: strings.Join(words, ", "), Inline: true,
				Fixed: "STRICT and WITHOUT ROWID do not come from a wanted schema: write the rebuild (CREATE TABLE, INSERT … SELECT, DROP TABLE, RENAME)",
			})
		}
	}
	return out
}

// neverNull says that keys hold no NULL, where no row can be looked at.
func neverNull(t *schema.Table) {
	for _, ix := range t.Indexes {
		for _, name := range ix.Columns {
			if c := t.Column(name); ix.Primary && c != nil && !c.NotNull {
				c.NeverNull = true
			}
		}
	}
}

// leftOf gives a table as it was read, with what the plan has left as it was of its triggers and of what names it.
func leftOf(t *schema.Table) *schema.Table {
	left := *t.Origin
	left.Triggers = slices.DeleteFunc(slices.Clone(left.Triggers), func(tr schema.Trigger) bool { return !slices.Contains(t.Triggers, tr) })
	left.Extra = maps.Clone(left.Extra)
	maps.DeleteFunc(left.Extra, func(key, text string) bool { return t.Extra[key] != text })
	return &left
}

// addMade gives a table the triggers, and what names it, that the plan has made.
func addMade(now, t *schema.Table) {
	for _, tr := range t.Triggers {
		if !slices.Contains(t.Origin.Triggers, tr) {
			now.Triggers = append(now.Triggers, tr)
		}
	}
	for key, text := range t.Extra {
		if t.Origin.Extra[key] != text {
			now.Extra[key] = text
		}
	}
}

// current gives a table with its real texts: those that were read, or, where a plan changed the
// table since, those that SQLite makes of the same changes.
func (d *Dialect) current(t *schema.Table) (*schema.Table, error) {
	if t == nil {
		return nil, errors.New("the table is not known: give its schema")
	}
	if t.Origin == nil || len(t.Applied) == 0 {
		if t.Definition == "" {
			return nil, fmt.Errorf("the definition of %s is not known: give its schema", t.Name)
		}
		return t, nil
	}
	s, err := newScratch()
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.loadNamed(leftOf(t)); err != nil {
		return nil, err
	}
	name := t.Origin.Name.Table
	for _, c := range t.Applied {
		now, err := s.table(name)
		if err != nil {
			return nil, err
		}
		statements, err := d.immediate(c, now)
		if err != nil {
			return nil, err
		}
		if err := s.exec(statements...); err != nil {
			return nil, fmt.Errorf("apply a %s to the definition of %s: %w", c.Kind(), t.Name, err)
		}
		if r, ok := c.(schema.RenameTable); ok {
			name = r.To
		}
	}
	now, err := s.table(name)
	if err != nil {
		return nil, err
	}
	addMade(now, t)
	for i := range now.Columns {
		if c := t.Column(now.Columns[i].Name); c != nil {
			now.Columns[i].NeverNull = c.NeverNull
		}
	}
	now.Stats, now.Refusals, now.Applied = t.Stats, t.Refusals, t.Applied
	return now, nil
}

// keepsColumn asks SQLite what needs a column that is to go; empty: nothing does.
func (d *Dialect) keepsColumn(t *schema.Table, c schema.DropColumn) string {
	now, err := d.current(t)
	if err != nil {
		return err.Error()
	}
	s, err := newScratch()
	if err != nil {
		return err.Error()
	}
	defer s.close()
	statements, err := d.immediate(c, now)
	if err == nil {
		err = s.loadNamed(now)
	}
	if err == nil {
		err = s.exec(statements...)
	}
	if err != nil {
		return plain(err)
	}
	return ""
}
