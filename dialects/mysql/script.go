package mysql

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Script turns a change into steps. DDL commits by itself, so each step is one statement, or
// several that may all be run again.
func (d *Dialect) Script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	switch c := c.(type) {
	case schema.CopyTable:
		return d.copying(c.Copy).steps(c.Part)
	case schema.Native:
		steps, err := d.native(c, s)
		for i := range steps {
			steps[i].SQL = slices.Concat(c.Setup, steps[i].SQL)
			if len(steps[i].Undo) > 0 {
				steps[i].Undo = slices.Concat(c.Setup, steps[i].Undo)
			}
		}
		return steps, err
	case schema.Alter:
		return d.alterStep(c.Name, c.Clauses, s)
	case schema.CreateTable:
		text := c.SQL
		if text == "" {
			text = d.newTable(c.Def)
		}
		return one(plan.Step{
			Act:      plan.Act{SQL: []string{text}},
			Evidence: plan.Evidence{Proof: tableExists(s.Resolve(c.Name))},
			WayBack:  plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS " + qualified(s.Resolve(c.Name))}},
		})
	case schema.DropTable:
		return d.dropTable(c, s)
	case schema.RenameTable:
		return d.renameTable(c, s)
	case schema.ChangeObject:
		return nil, fmt.Errorf("the %s of %s differs: %s", c.Object().Kind, c.Object().Name, c.Object().Fixed)
	case schema.Verbatim:
		if why := d.ofSession(c.SQL); why != "" {
			return nil, errors.New(why)
		}
		if c.Absent != "" {
			return one(plan.Step{Act: plan.Act{SQL: []string{c.SQL}}, Evidence: plan.Evidence{Unproven: "what was not there is not there"}})
		}
		return one(plan.Step{
			Act:   plan.Act{SQL: []string{c.SQL}},
			Price: plan.Price{Work: plan.WriteAll}, WayBack: plan.WayBack{Loses: "the way back is not known", NoReturn: true},
			Evidence: plan.Evidence{Unproven: "what the statement does is not known"},
		})
	case schema.AddConstraint:
		return d.addConstraintSteps(c, s)
	case schema.ValidateConstraint:
		return d.validate(c, s)
	case schema.Backfill:
		return d.backfill(c, s)
	case schema.SyncColumns:
		return d.syncColumns(c, s)
	case schema.UnsyncColumns:
		return d.unsyncColumns(c, s)
	case schema.TwinIndex:
		return d.buildTwin(c, s)
	case schema.ReplaceIndex:
		return d.replaceIndex(c, s)
	}
	return d.alterStep(c.Table(), []schema.Change{c}, s)
}

func one(s plan.Step) ([]plan.Step, error) { return []plan.Step{s}, nil }

// alterStep makes one ALTER TABLE of changes, pinned to the algorithm and lock that the facts
// promise: a server that would need more refuses, rather than block longer than was said.
func (d *Dialect) alterStep(table schema.Name, changes []schema.Change, s *schema.Schema) ([]plan.Step, error) {
	name := s.Resolve(table)
	changes = d.restateAll(flat(changes), s.Table(name))
	return d.altered(name, changes, s, pin(d.together(changes, s)))
}

// altered is such a step with an effect that is known.
func (d *Dialect) altered(name schema.Name, changes []schema.Change, s *schema.Schema, promised string) ([]plan.Step, error) {
	clauses, err := d.clauses(changes, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(clauses) == 0 {
		return nil, nil
	}
	sql := "ALTER TABLE " + qualified(name) + " " + strings.Join(clauses, ", ")
	if promised != "" {
		sql += ", " + promised
	}
	return one(d.ddl(plan.Step{Act: plan.Act{SQL: d.zeroMode(nil, changes, sql)}}, changes, s.Table(name), name))
}

// pin gives the ALGORITHM and LOCK clauses for an effect; empty: nothing is promised.
func pin(e plan.Effect) string {
	if e.Algorithm == "" || e.Source == plan.NotKnown {
		return ""
	}
	return attempt{e.Algorithm, e.Lock}.clauses()
}

// pinOf gives the clauses for what the server promised.
func pinOf(p *schema.Promise) string {
	if p == nil || p.Algorithm == "" {
		return ""
	}
	return attempt{p.Algorithm, p.Lock}.clauses()
}

// ddl fills in what follows from the changes: kind, proof and way back.
func (d *Dialect) ddl(step plan.Step, changes []schema.Change, t *schema.Table, name schema.Name) plan.Step {
	now, others := renamedBeside(changes, name)
	step.Proof = d.proof(others, t, now)
	step.Undo, step.Loses = d.undo(others, t, name)
	if len(step.Undo) > 0 {
		step.Undo = append(step.Undo, d.rehash(t, name)...)
	}
	step.NoReturn = step.Loses != "" && len(step.Undo) == 0
	if now != name {
		step.Proof = cmp.Or(step.Proof, "SELECT TRUE") + " AND (" + tableExists(now) + ") = 1"
		if !step.NoReturn {
			step.Undo = append([]string{renameBack(name, now)}, step.Undo...)
		}
	}
	if step.Proof == "" {
		step.Unproven = "the server's catalog does not show what changes"
	}
	return step
}

// restateAll gives changes that a rule made the whole definition that MODIFY needs.
func (d *Dialect) restateAll(changes []schema.Change, t *schema.Table) []schema.Change {
	if t == nil {
		return changes
	}
	out := make([]schema.Change, len(changes))
	for i, c := range changes {
		switch c := c.(type) {
		case schema.AddColumn:
			c.Column = inheriting(c.Column, t)
			out[i] = c
		case schema.SetDefault:
			out[i] = c
			if !restatedIn(changes, c.Column) {
				out[i] = d.restatedDefault(c, t)
			}
		case schema.SetNotNull:
			if col := t.Column(c.Column); col != nil && c.Definition == "" {
				c.Definition = d.stated(inheriting(*col, t), true)
			}
			out[i] = c
		case schema.DropNotNull:
			if col := t.Column(c.Column); col != nil && c.Definition == "" {
				c.Definition = d.stated(inheriting(*col, t), false)
			}
			out[i] = c
		default:
			out[i] = c
		}
	}
	return out
}

// restatedIn says whether one of the changes states a column anew, with its default.
func restatedIn(changes []schema.Change, column string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		name, definition := restates(c)
		return definition != "" && strings.EqualFold(name, column)
	})
}

// restatedDefault states the whole column where its default is the present time: behind SET DEFAULT
// that would be an expression, which the server keeps as another default.
func (d *Dialect) restatedDefault(c schema.SetDefault, t *schema.Table) schema.Change {
	col := t.Column(c.Column)
	if col == nil || !strings.HasPrefix(plainDefault(c.Expr), "now ") || isExpression(c.Expr) {
		return c
	}
	becomes := inheriting(*col, t)
	becomes.Default = c.Expr
	becomes.Definition = d.stated(becomes, becomes.NotNull)
	return schema.ChangeType{On: c.On, Column: col.Name, Type: col.Type, Collation: col.Collation, Definition: becomes.Definition}
}

// inheriting leaves the table's own collation out of a column that a rule made: stated, the server
// would take it for the column's own.
func inheriting(col schema.Column, t *schema.Table) schema.Column {
	if col.Definition == "" && sameCollation(col.Collation, t.Extra["collation"]) {
		col.Collation = ""
	}
	return col
}

// native runs a statement as the user wrote it, but pinned; a piece of one has no text.
func (d *Dialect) native(n schema.Native, s *schema.Schema) ([]plan.Step, error) {
	clauses := flat(n.Clauses)
	if n.SQL == "" {
		name := s.Resolve(n.Name)
		return d.altered(name, d.restateAll(clauses, s.Table(name)), s, pinOf(n.Promise))
	}
	if len(clauses) == 1 {
		switch clauses[0].(type) {
		case schema.CreateTable, schema.DropTable, schema.RenameTable, schema.Verbatim:
			return d.Script(clauses[0], s)
		}
	}
	name := s.Resolve(n.Name)
	promised := pinOf(n.Promise)
	if n.Promise == nil {
		promised = pin(d.together(clauses, s))
	}
	sql := n.SQL
	if !n.Own { // what nobody could ask the server about is not to fail half way for a promise to nobody
		sql = d.pinned(sql, promised)
	}
	return one(d.ddl(plan.Step{Act: plan.Act{SQL: d.zeroMode(n.Setup, clauses, sql)}}, clauses, s.Table(name), name))
}

// pinned puts the promised ALGORITHM and LOCK into the user's statement, in place of what stands
// there.
func (d *Dialect) pinned(sql, clauses string) string {
	code := d.resolve(sql)
	r := newReader(code, d.mode)
	if clauses == "" {
		return sql
	}
	if r.takeAll("drop", "index") {
		return dropPinned(r, sql, clauses)
	}
	if !r.take("alter") { // CREATE INDEX
		return strings.TrimSpace(withoutOptions(code, d.mode)) + " " + strings.ReplaceAll(clauses, ", ", " ")
	}
	r.take("online")
	r.take("table")
	r.takeAll("if", "exists")
	if _, ok := readName(r); !ok {
		return sql
	}
	kept := []string{}
	head := strings.TrimSpace(code[:r.peek().start])
	for _, p := range clausesOf(r) {
		part := r.part(p)
		if !part.take("algorithm", "lock") {
			kept = append(kept, r.text(p[0], p[1]))
		}
	}
	if last := len(kept) - 1; last >= 0 && newReader(kept[last], d.mode).takeAll("order", "by") { // nothing stands behind it
		return head + " " + strings.Join(slices.Insert(kept, last, clauses), ", ")
	}
	return head + " " + strings.Join(append(kept, clauses), ", ")
}

// dropPinned writes DROP INDEX as a clause of ALTER TABLE: MariaDB's own statement takes no ALGORITHM
// of all kinds.
func dropPinned(r *reader, sql, clauses string) string {
	exists := ""
	if r.takeAll("if", "exists") {
		exists = "IF EXISTS "
	}
	index, _ := r.name()
	if !r.take("on") {
		return sql
	}
	name, ok := readName(r)
	if !ok {
		return sql
	}
	return "ALTER TABLE " + qualified(name) + " DROP INDEX " + exists + quote(index) + ", " + clauses
}

// withoutOptions takes ALGORITHM and LOCK out of CREATE INDEX and DROP INDEX.
func withoutOptions(code string, mode sqlMode) string {
	r := newReader(code, mode)
	out := []byte(code)
	for !r.eof() {
		start := r.peek().start
		if !r.take("algorithm", "lock") {
			r.next()
			continue
		}
		r.sign("=")
		blank(out, start, r.next().end)
	}
	return string(out)
}

func (d *Dialect) dropTable(c schema.DropTable, s *schema.Schema) ([]plan.Step, error) {
	name := s.Resolve(c.Name)
	return one(plan.Step{
		Act:      plan.Act{SQL: []string{"DROP TABLE IF EXISTS " + qualified(name)}},
		Evidence: plan.Evidence{Proof: "SELECT (" + tableExists(name) + ") = 0"},
		WayBack:  plan.WayBack{NoReturn: true, Loses: "point of no return: the table's rows are gone"},
	})
}
