package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Script turns a change into steps. DDL is transactional here, so a step is atomic wherever the
// server allows it: CONCURRENTLY alone must be a statement of its own.
func (d *Dialect) Script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	if why := boundToSession(c); why != "" {
		return nil, errors.New(why)
	}
	switch c := c.(type) {
	case schema.CopyTable:
		return d.copyTable(c)
	case schema.Native:
		return d.native(c, s), nil
	case schema.Backfill:
		return d.backfill(c, s)
	case schema.SyncColumns:
		return d.syncColumns(c, s), nil
	case schema.UnsyncColumns:
		return d.unsyncColumns(c, s), nil
	case schema.TwinIndex:
		return d.createIndexOnline(twin(c), s), nil
	case schema.ReplaceIndex:
		return d.replaceIndex(c, s)
	case schema.ChangeObject:
		return d.changeObject(c, s)
	case schema.SetIdentity:
		if c.Onward && c.Identity != "" {
			return []plan.Step{d.newIdentity(c, s)}, nil
		}
	case schema.SetGenerated:
		if why := d.refusedGenerated(c, s.Table(c.Name)); why != "" {
			return nil, errors.New(why)
		}
	case schema.CreateIndex:
		if c.Online {
			return d.createIndexOnline(c, s), nil
		}
	case schema.DropIndex:
		if c.Online {
			return d.dropIndexOnline(c, s), nil
		}
	}
	return d.plain(c, s)
}

// plain scripts a change as the one statement that makes it.
func (d *Dialect) plain(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	n := s.Resolve(c.Table())
	clauses := []schema.Change{c}
	var text string
	switch c.(type) {
	case schema.DropColumn, schema.DropTable, schema.ChangeType:
		if why := d.Effect(c, s).Refused; why != "" {
			return nil, errors.New(why)
		}
	}
	switch c := c.(type) {
	case schema.Alter:
		clauses = c.Clauses
		var parts []string
		for _, clause := range c.Clauses {
			part := d.clause(clause, s.Table(n))
			if part == "" {
				return nil, fmt.Errorf("write %s on %s: it cannot be a clause of ALTER TABLE", clause.Kind(), n)
			}
			parts = append(parts, part)
		}
		text = "ALTER TABLE " + qualified(n) + " " + strings.Join(parts, ", ")
	case schema.CreateTable:
		if text = c.SQL; text == "" {
			step := d.statement("", clauses, s)
			step.SQL = createTable(c, s)
			return []plan.Step{step}, nil
		}
	case schema.DropTable:
		text = "DROP TABLE " + ifExists(c.IfExists) + qualified(n) + cascade(c.Cascade)
	case schema.RenameTable:
		text = "ALTER TABLE " + qualified(n) + " RENAME TO " + quote(c.To)
	case schema.RenameColumn:
		text = "ALTER TABLE " + qualified(n) + " RENAME COLUMN " + quote(c.From) + " TO " + quote(c.To)
	case schema.CreateIndex:
		text = createIndex(c.Index.Name, c.Index.Unique, false, c.IfNotExists, n, indexText(c))
	case schema.DropIndex:
		text = "DROP INDEX " + ifExists(c.IfExists) + qualified(schema.Name{Schema: n.Schema, Table: c.Index})
	case schema.RenameIndex:
		text = "ALTER INDEX " + qualified(schema.Name{Schema: n.Schema, Table: c.From}) + " RENAME TO " + quote(c.To)
	case schema.Verbatim:
		text = c.SQL
	default:
		part := d.clause(c, s.Table(n))
		if part == "" {
			return nil, fmt.Errorf("write %s on %s: PostgreSQL has no statement for it", c.Kind(), n)
		}
		text = "ALTER TABLE " + qualified(n) + " " + part
	}
	step := d.statement(text, clauses, s)
	if add, ok := c.(schema.AddColumn); ok && add.Column.Comment != "" {
		step.SQL = append(step.SQL, "COMMENT ON COLUMN "+qualified(n)+"."+quote(add.Column.Name)+" IS "+literal(add.Column.Comment))
	}
	if drop, ok := c.(schema.DropColumn); ok && drop.Deployed {
		step.SQL = append(step.SQL, d.inheritNotNull(drop, s.Table(n))...)
	}
	return []plan.Step{step}, nil
}

// native runs the user's own statement.
func (d *Dialect) native(c schema.Native, s *schema.Schema) []plan.Step {
	if len(c.Clauses) == 1 {
		if ix, ok := c.Clauses[0].(schema.CreateIndex); ok && ix.Online {
			return d.createIndexOnline(ix, s)
		}
	}
	step := d.statement(c.SQL, c.Clauses, s)
	if step.Atomic && len(c.Within) > 0 {
		n := len(d.styles) // they stand before the statement
		step.SQL = slices.Concat(d.styles, c.Within, step.SQL[n:], d.leaving(c.Within))
	}
	return []plan.Step{step}
}

// statement makes a step of one statement with the proof and the way back of its clauses.
func (d *Dialect) statement(text string, clauses []schema.Change, s *schema.Schema) plan.Step {
	step := plan.Step{Act: plan.Act{SQL: []string{text}, Atomic: !ownTransaction(text)}}
	step.Patient = !step.Atomic
	if step.Atomic {
		step.SQL = append(slices.Clone(d.styles), text)
	}
	var conditions []string
	now := s
	for _, c := range clauses {
		if !replaces(clauses, c) {
			conditions = append(conditions, clauseProof(c, now))
		}
		now = schema.Apply(now, c)
	}
	if step.Proof = proof(conditions...); step.Proof == "" && !step.Atomic {
		step.Unproven = "what the statement does is not known"
	}
	undo := undoAll(clauses, s)
	step.Undo, step.Loses, step.NoReturn = undo.sql, undo.lost, undo.noReturn
	step.UndoAtomic = step.Atomic
	step.Work = work(d.effects(clauses, s))
	if slices.ContainsFunc(clauses, fillsByQuery) {
		step.Work = plan.WriteGiven
	}
	return step
}

// work says what a statement's duration grows with.
func work(e plan.Effect) plan.Work {
	switch {
	case e.Rewrites:
		return plan.WriteAll
	case e.RebuildsIndexes:
		return plan.WriteIndex
	case e.Scans:
		return plan.ReadRows
	}
	return plan.Moment
}

// ownTransaction says whether a statement refuses to run in a transaction block.
func ownTransaction(text string) bool {
	src := newSource(text)
	for i := range src.tokens {
		t := src.tokens[i]
		if t.depth == 0 && t.word == "concurrently" && src.find(0, "refresh") != 0 {
			return true
		}
	}
	for _, words := range [][]string{
		{"vacuum"},
		{"alter", "system"},
		{"create", "database"},
		{"drop", "database"},
		{"create", "tablespace"},
		{"drop", "tablespace"},
		{"reindex", "database"},
		{"reindex", "system"},
		{"reindex", "schema"},
		{"create", "subscription"},
		{"drop", "subscription"},
	} {
		if src.skip(0, words...) == len(words) {
			return true
		}
	}
	return false
}

func (d *Dialect) createIndexOnline(c schema.CreateIndex, s *schema.Schema) []plan.Step {
	n := s.Resolve(c.Table())
	if c.IfNotExists && hasValidIndex(s.Table(n), c.Index.Name) {
		return nil
	}
	ix := schema.Name{Schema: n.Schema, Table: c.Index.Name}
	return []plan.Step{{
		// A failed build leaves an invalid index that slows writers and, when unique, refuses them.
		// A valid one of this name stops the run before: its proof is there already.
		Act: plan.Act{
			SQL: []string{
				"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(ix),
				createIndex(c.Index.Name, c.Index.Unique, true, false, n, indexText(c)),
			},
			Patient: true,
		},
		Evidence: plan.Evidence{Proof: proof(validIndex(ix))},
		WayBack:  plan.WayBack{Undo: []string{"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(ix)}},
		Price:    plan.Price{Work: plan.WriteIndex},
	}}
}

func (d *Dialect) dropIndexOnline(c schema.DropIndex, s *schema.Schema) []plan.Step {
	n := s.Resolve(c.Table())
	undo := clauseUndo(c, s)
	if c.IfExists && !s.Partial && indexOf(s.Table(n), c.Index) == nil {
		return nil
	}
	return []plan.Step{{
		Act: plan.Act{
			SQL:     []string{"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(schema.Name{Schema: n.Schema, Table: c.Index})},
			Patient: true,
		},
		Evidence: plan.Evidence{Proof: proof(clauseProof(c, s))},
		WayBack:  plan.WayBack{Undo: undo.sql, Loses: undo.lost, NoReturn: undo.noReturn},
	}}
}

// clause writes a change as a clause of ALTER TABLE; empty where it is none. t is the table before it.
func (d *Dialect) clause(c schema.Change, t *schema.Table) string {
	switch c := c.(type) {
	case schema.AddColumn:
		text := "ADD COLUMN "
		if c.IfNotExists {
			text += "IF NOT EXISTS "
		}
		return text + quote(c.Column.Name) + " " + columnText(c.Column)
	case schema.DropColumn:
		return "DROP COLUMN " + ifExists(c.IfExists) + quote(c.Column) + cascade(c.Cascade)
	case schema.ChangeType:
		text := "ALTER COLUMN " + quote(c.Column) + " TYPE " + c.Type
		if c.Collation != "" {
			text += " COLLATE " + collation(c.Collation)
		}
		if c.Using != "" {
			text += " USING " + c.Using
		}
		return text
	case schema.SetNotNull:
		return "ALTER COLUMN " + quote(c.Column) + " SET NOT NULL"
	case schema.DropNotNull:
		return "ALTER COLUMN " + quote(c.Column) + " DROP NOT NULL"
	case schema.SetDefault:
		return "ALTER COLUMN " + quote(c.Column) + " SET DEFAULT " + c.Expr
	case schema.DropDefault:
		return "ALTER COLUMN " + quote(c.Column) + " DROP DEFAULT"
	case schema.SetIdentity:
		return identityClause(c, t.Column(c.Column))
	case schema.SetGenerated:
		return generatedClause(c)
	case schema.AddConstraint:
		text := "ADD CONSTRAINT " + quote(c.Constraint.Name) + " "
		if c.UsingIndex == "" {
			return text + constraintText(c.Constraint)
		}
		kind := "UNIQUE"
		if c.Constraint.Kind == schema.PrimaryKey {
			kind = "PRIMARY KEY"
		}
		return strings.TrimSpace(text + kind + " USING INDEX " + quote(c.UsingIndex) + " " + deferral(c.Constraint.Definition))
	case schema.ValidateConstraint:
		return "VALIDATE CONSTRAINT " + quote(c.Constraint.Name)
	case schema.DropConstraint:
		return "DROP CONSTRAINT " + ifExists(c.IfExists) + quote(c.Constraint) + cascade(c.Cascade)
	}
	return ""
}

func ifExists(yes bool) string {
	if yes {
		return "IF EXISTS "
	}
	return ""
}

func cascade(yes bool) string {
	if yes {
		return " CASCADE"
	}
	return ""
}

// deferral gives the DEFERRABLE … at the end of a constraint's text.
func deferral(definition string) string {
	src := newSource(definition)
	for i, t := range src.tokens {
		if t.depth == 0 && t.word == "deferrable" && src.skip(i-1, "not") != i {
			return src.from(i).String()
		}
	}
	return ""
}

func createIndex(name string, unique, concurrently, ifNotExists bool, table schema.Name, tail string) string {
	text := "CREATE "
	if unique {
		text += "UNIQUE "
	}
	text += "INDEX "
	if concurrently {
		text += "CONCURRENTLY "
	}
	if ifNotExists {
		text += "IF NOT EXISTS "
	}
	return text + quote(name) + " ON " + qualified(table) + " " + tail
}

func indexText(c schema.CreateIndex) string {
	if c.Text != "" {
		return c.Text
	}
	return "(" + quoteAll(c.Index.Columns) + ")"
}
