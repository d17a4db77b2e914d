package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/planner"
)

// Script turns a change into steps. DDL is transactional here, so a step is atomic wherever the
// server allows it: CONCURRENTLY alone must be a statement of its own.
func (d *Dialect) Script(c planner.Change, s *planner.Schema) ([]planner.Step, error) {
	if why := boundToSession(c); why != "" {
		return nil, errors.New(why)
	}
	switch c := c.(type) {
	case planner.CreateShadow:
		return d.createShadow(c.Copy)
	case planner.StartCapture:
		return d.startCapture(c.Copy), nil
	case planner.CopyRows:
		return d.copyRows(c.Copy), nil
	case planner.BuildIndexes:
		return d.buildIndexes(c.Copy), nil
	case planner.VerifyCopy:
		return d.verifyCopy(c.Copy), nil
	case planner.SwapTables:
		return d.swapTables(c.Copy), nil
	case planner.DropOld:
		return d.dropOld(c.Copy), nil
	case planner.Native:
		return d.native(c, s), nil
	case planner.Backfill:
		return d.backfill(c, s)
	case planner.SyncColumns:
		return d.syncColumns(c, s), nil
	case planner.UnsyncColumns:
		return d.unsyncColumns(c, s), nil
	case planner.TwinIndex:
		return d.createIndexOnline(twin(c), s), nil
	case planner.ReplaceIndex:
		return d.replaceIndex(c, s)
	case planner.ChangeObject:
		return d.changeObject(c, s)
	case planner.SetIdentity:
		if c.Onward && c.Identity != "" {
			return []planner.Step{d.newIdentity(c, s)}, nil
		}
	case planner.SetGenerated:
		if why := d.refusedGenerated(c, s.Table(c.Name)); why != "" {
			return nil, errors.New(why)
		}
	case planner.CreateIndex:
		if c.Online {
			return d.createIndexOnline(c, s), nil
		}
	case planner.DropIndex:
		if c.Online {
			return d.dropIndexOnline(c, s), nil
		}
	}
	return d.plain(c, s)
}

// plain scripts a change as the one statement that makes it.
func (d *Dialect) plain(c planner.Change, s *planner.Schema) ([]planner.Step, error) {
	n := s.Resolve(c.Table())
	clauses := []planner.Change{c}
	var text string
	switch c.(type) {
	case planner.DropColumn, planner.DropTable, planner.ChangeType:
		if why := d.Effect(c, s).Refused; why != "" {
			return nil, errors.New(why)
		}
	}
	switch c := c.(type) {
	case planner.Alter:
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
	case planner.CreateTable:
		if text = c.SQL; text == "" {
			step := d.statement("", title(c, n), clauses, s)
			step.SQL = createTable(c, s)
			return []planner.Step{step}, nil
		}
	case planner.DropTable:
		text = "DROP TABLE " + ifExists(c.IfExists) + qualified(n) + cascade(c.Cascade)
	case planner.RenameTable:
		text = "ALTER TABLE " + qualified(n) + " RENAME TO " + quote(c.To)
	case planner.RenameColumn:
		text = "ALTER TABLE " + qualified(n) + " RENAME COLUMN " + quote(c.From) + " TO " + quote(c.To)
	case planner.CreateIndex:
		text = createIndex(c.Index.Name, c.Index.Unique, false, c.IfNotExists, n, indexText(c))
	case planner.DropIndex:
		text = "DROP INDEX " + ifExists(c.IfExists) + qualified(planner.Name{Schema: n.Schema, Table: c.Index})
	case planner.RenameIndex:
		text = "ALTER INDEX " + qualified(planner.Name{Schema: n.Schema, Table: c.From}) + " RENAME TO " + quote(c.To)
	case planner.Verbatim:
		text = c.SQL
	default:
		part := d.clause(c, s.Table(n))
		if part == "" {
			return nil, fmt.Errorf("write %s on %s: PostgreSQL has no statement for it", c.Kind(), n)
		}
		text = "ALTER TABLE " + qualified(n) + " " + part
	}
	step := d.statement(text, title(c, n), clauses, s)
	if add, ok := c.(planner.AddColumn); ok && add.Column.Comment != "" {
		step.SQL = append(step.SQL, "COMMENT ON COLUMN "+qualified(n)+"."+quote(add.Column.Name)+" IS "+literal(add.Column.Comment))
	}
	if drop, ok := c.(planner.DropColumn); ok && drop.Deployed {
		step.SQL = append(step.SQL, d.inheritNotNull(drop, s.Table(n))...)
	}
	return []planner.Step{step}, nil
}

// native runs the user's own statement.
func (d *Dialect) native(c planner.Native, s *planner.Schema) []planner.Step {
	what := title(c, s.Resolve(c.Table()))
	if len(c.Clauses) == 1 {
		what = title(c.Clauses[0], s.Resolve(c.Table()))
		if ix, ok := c.Clauses[0].(planner.CreateIndex); ok && ix.Online {
			return d.createIndexOnline(ix, s)
		}
	}
	step := d.statement(c.SQL, what, c.Clauses, s)
	if step.Atomic && len(c.Within) > 0 {
		n := len(d.styles) // they stand before the statement
		step.SQL = slices.Concat(d.styles, c.Within, step.SQL[n:], d.leaving(c.Within))
	}
	return []planner.Step{step}
}

// statement makes a step of one statement with the proof and the way back of its clauses.
func (d *Dialect) statement(text, title string, clauses []planner.Change, s *planner.Schema) planner.Step {
	step := planner.Step{Kind: planner.Expand, Title: title, SQL: []string{text}, Atomic: !ownTransaction(text)}
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
		switch c.(type) {
		case planner.DropColumn, planner.DropTable, planner.DropConstraint, planner.DropIndex:
			step.Kind = planner.Contract
		}
		now = planner.Apply(now, c)
	}
	if step.Proof = proof(conditions...); step.Proof == "" && !step.Atomic {
		step.Unproven = "what the statement does is not known"
	}
	undo := undoAll(clauses, s)
	step.Undo, step.Lost, step.NoReturn = undo.sql, undo.lost, undo.noReturn
	step.UndoAtomic = step.Atomic
	step.Work = work(d.effects(clauses, s))
	return step
}

// work says what a statement's duration grows with.
func work(e planner.Effect) planner.Work {
	switch {
	case e.Rewrites:
		return planner.WriteAll
	case e.RebuildsIndexes:
		return planner.WriteIndex
	case e.Scans:
		return planner.ReadRows
	}
	return planner.Moment
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

func (d *Dialect) createIndexOnline(c planner.CreateIndex, s *planner.Schema) []planner.Step {
	n := s.Resolve(c.Table())
	if c.IfNotExists && hasValidIndex(s.Table(n), c.Index.Name) {
		return nil
	}
	ix := planner.Name{Schema: n.Schema, Table: c.Index.Name}
	return []planner.Step{{
		Kind: planner.Expand, Title: "build index " + c.Index.Name + " on " + n.String() + " while others work",
		// A failed build leaves an invalid index that slows writers and, when unique, refuses them.
		// A valid one of this name stops the run before: its proof is there already.
		SQL: []string{
			"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(ix),
			createIndex(c.Index.Name, c.Index.Unique, true, false, n, indexText(c)),
		},
		Patient: true,
		Proof:   proof(validIndex(ix)),
		Undo:    []string{"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(ix)},
		Work:    planner.WriteIndex,
	}}
}

func (d *Dialect) dropIndexOnline(c planner.DropIndex, s *planner.Schema) []planner.Step {
	n := s.Resolve(c.Table())
	undo := clauseUndo(c, s)
	if c.IfExists && !s.Partial && indexOf(s.Table(n), c.Index) == nil {
		return nil
	}
	return []planner.Step{{
		Kind: planner.Contract, Title: "drop index " + c.Index + " while others work",
		SQL:     []string{"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(planner.Name{Schema: n.Schema, Table: c.Index})},
		Patient: true,
		Proof:   proof(clauseProof(c, s)),
		Undo:    undo.sql, Lost: undo.lost, NoReturn: undo.noReturn,
	}}
}

// clause writes a change as a clause of ALTER TABLE; empty where it is none. t is the table before it.
func (d *Dialect) clause(c planner.Change, t *planner.Table) string {
	switch c := c.(type) {
	case planner.AddColumn:
		text := "ADD COLUMN "
		if c.IfNotExists {
			text += "IF NOT EXISTS "
		}
		return text + quote(c.Column.Name) + " " + columnText(c.Column)
	case planner.DropColumn:
		return "DROP COLUMN " + ifExists(c.IfExists) + quote(c.Column) + cascade(c.Cascade)
	case planner.ChangeType:
		text := "ALTER COLUMN " + quote(c.Column) + " TYPE " + c.Type
		if c.Collation != "" {
			text += " COLLATE " + collation(c.Collation)
		}
		if c.Using != "" {
			text += " USING " + c.Using
		}
		return text
	case planner.SetNotNull:
		return "ALTER COLUMN " + quote(c.Column) + " SET NOT NULL"
	case planner.DropNotNull:
		return "ALTER COLUMN " + quote(c.Column) + " DROP NOT NULL"
	case planner.SetDefault:
		return "ALTER COLUMN " + quote(c.Column) + " SET DEFAULT " + c.Expr
	case planner.DropDefault:
		return "ALTER COLUMN " + quote(c.Column) + " DROP DEFAULT"
	case planner.SetIdentity:
		return identityClause(c, t.Column(c.Column))
	case planner.SetGenerated:
		return generatedClause(c)
	case planner.AddConstraint:
		text := "ADD CONSTRAINT " + quote(c.Constraint.Name) + " "
		if c.UsingIndex == "" {
			return text + constraintText(c.Constraint)
		}
		kind := "UNIQUE"
		if c.Constraint.Kind == planner.PrimaryKey {
			kind = "PRIMARY KEY"
		}
		return strings.TrimSpace(text + kind + " USING INDEX " + quote(c.UsingIndex) + " " + deferral(c.Constraint.Definition))
	case planner.ValidateConstraint:
		return "VALIDATE CONSTRAINT " + quote(c.Constraint.Name)
	case planner.DropConstraint:
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

func createIndex(name string, unique, concurrently, ifNotExists bool, table planner.Name, tail string) string {
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

func indexText(c planner.CreateIndex) string {
	if c.Text != "" {
		return c.Text
	}
	return "(" + quoteAll(c.Index.Columns) + ")"
}
