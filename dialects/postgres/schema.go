package postgres

import (
	"fmt"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/planner"
)

// ways are how PostgreSQL changes tables.
var ways = planner.Ways{RenamesIndexes: true}

// Schema reads a schema file: CREATE TABLE, CREATE INDEX, ALTER TABLE and CREATE TRIGGER, as
// pg_dump writes them. Other statements are passed over.
func (d *Dialect) Schema(text string) (*planner.Schema, error) {
	s := &planner.Schema{Dialect: "postgres", Version: d.Version, Default: "public", Strict: true, Ways: ways}
	r := &reader{text: text, src: newSource(text), schema: s, taken: map[string]bool{}, lines: lineStarts(text)}
	tree, at, err := readTree(text, r.src)
	if err != nil {
		line, column := r.place(byteOffset(text, at))
		return nil, &planner.SyntaxError{Line: line, Column: column, Message: err.Error()}
	}
	for _, raw := range tree.Stmts {
		src := r.statementSource(raw)
		if len(src.tokens) == 0 {
			continue
		}
		if tr, ok := raw.Stmt.Node.(*pgquery.Node_CreateTrigStmt); ok {
			if t := r.schema.Table(r.on(tr.CreateTrigStmt.Relation).Name); t != nil {
				t.Triggers = append(t.Triggers, planner.Trigger{Name: tr.CreateTrigStmt.Trigname, Definition: src.String()})
			}
			continue
		}
		for _, c := range r.changes(raw.Stmt, src) {
			if _, ok := c.(planner.Verbatim); ok {
				continue
			}
			if t := r.schema.Table(c.Table()); t == nil {
				if _, ok := c.(planner.CreateTable); !ok {
					line, column := r.place(src.tokens[0].start)
					return nil, fmt.Errorf("line %d, column %d: table %s is not created before it is changed", line, column, c.Table())
				}
			}
			r.schema = planner.Apply(r.schema, c)
		}
	}
	for _, t := range r.schema.Tables {
		t.Stats, t.Applied, t.Origin = planner.Stats{}, nil, nil
	}
	return r.schema, nil
}
