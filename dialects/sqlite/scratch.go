package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// load makes tables with their indexes, triggers and views. Views and triggers come last: they
// may name any table; those that cannot be made here (they may need functions of the
// application's own) are left out.
func (s *scratch) load(tables ...*schema.Table) error {
	var late []string
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
			late = append(late, tr.Definition)
		}
		for k, text := range t.Extra {
			if strings.HasPrefix(k, extraView) && !seen[k] {
				seen[k] = true
				late = append(late, text)
			}
		}
	}
	for _, text := range late {
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
	return out, nil
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
		Dialect: "sqlite", Version: d.version, Default: mainSchema, Strict: true, Tables: tables, Ways: schema.Ways{RefersAhead: true, KeysStay: true, SharesNames: true},
		Others: map[string]int{"views": schema.NotCounted, "triggers": schema.NotCounted},
	}
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

// triggersOf gives those of the read triggers that the plan has left to a table, and those that it has given to it.
func triggersOf(t *schema.Table, read []schema.Trigger) ([]schema.Trigger, error) {
	called := func(name string) func(schema.Trigger) bool {
		return func(tr schema.Trigger) bool { return strings.EqualFold(tr.Name, name) }
	}
	out := slices.DeleteFunc(slices.Clone(read), func(tr schema.Trigger) bool { return !slices.ContainsFunc(t.Triggers, called(tr.Name)) })
	for _, tr := range t.Triggers {
		if slices.ContainsFunc(out, called(tr.Name)) {
			continue
		}
		for _, c := range t.Applied {
			switch c.(type) {
			case schema.RenameTable, schema.RenameColumn:
				return nil, fmt.Errorf("trigger %s is made by a statement before this one, and its text has other names since a rename: run the statements up to it first, then plan the rest", tr.Name)
			}
		}
		out = append(out, tr)
	}
	return out, nil
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
	for key, text := range t.Origin.Extra {
		if strings.HasPrefix(key, extraBeside) {
			_ = s.exec(text) // it may need what only the application has
		}
	}
	if err := s.load(t.Origin); err != nil {
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
	if now.Triggers, err = triggersOf(t, now.Triggers); err != nil {
		return nil, err
	}
	for i := range now.Columns {
		if c := t.Column(now.Columns[i].Name); c != nil {
			now.Columns[i].NeverNull = c.NeverNull
		}
	}
	now.Stats, now.Refusals, now.Applied = t.Stats, t.Refusals, t.Applied
	return now, nil
}
