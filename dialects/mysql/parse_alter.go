package mysql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// alterReader reads the clauses of one ALTER TABLE.
type alterReader struct {
	d      *Dialect
	on     schema.On
	table  *schema.Table // nil: not known
	mode   sqlMode
	out    []schema.Change
	reason string // why the statement could not be read
}

// alter reads ALTER TABLE name clause, clause …; the reader stands behind the name. The ALGORITHM
// and LOCK clauses are left out: the plan decides them. An explicit demand for a blocking way is
// no change of the schema and so no wish that a plan has to fulfil.
func (d *Dialect) alter(r *reader, name schema.Name, s *schema.Schema) ([]schema.Change, string) {
	a := &alterReader{d: d, on: schema.On{Name: name}, table: s.Table(name), mode: d.mode}
	if r.take("wait") {
		r.next()
	}
	r.take("nowait")
	for _, p := range charsetFirst(r) {
		if p[0] == p[1] {
			return nil, "there is an empty clause"
		}
		if !a.clause(r.part(p)) {
			if a.reason == "" {
				a.reason = fmt.Sprintf("the clause %q is not known", shorten(r.text(p[0], p[1])))
			}
			return nil, a.reason
		}
	}
	slices.SortStableFunc(a.out, func(x, y schema.Change) int { return cmp.Compare(turn(x), turn(y)) })
	return a.out, ""
}

// charsetFirst gives the clauses, first those with the table's charset: all columns that the statement
// states or adds get it, wherever it stands.
func charsetFirst(r *reader) [][2]int {
	parts := clausesOf(r)
	late := func(p [2]int) int {
		part := r.part(p)
		part.take("default")
		if part.peek().is("charset", "character", "collate") || part.takeAll("convert", "to") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(parts, func(x, y [2]int) int { return cmp.Compare(late(x), late(y)) })
	return parts
}

// turn: the clauses of one statement are about the table by its old name, wherever RENAME TO stands.
func turn(c schema.Change) int {
	if _, renames := c.(schema.RenameTable); renames {
		return 1
	}
	return 0
}

// clausesOf cuts a statement into its clauses. ORDER BY goes to the end, with commas of its own.
func clausesOf(r *reader) [][2]int {
	parts := r.commas()
	for i, p := range parts {
		if r.part(p).takeAll("order", "by") {
			return append(parts[:i:i], [2]int{p[0], len(r.toks)})
		}
	}
	return parts
}

func shorten(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:57], "") + "…"
	}
	return s
}

func (a *alterReader) add(c schema.Change) bool {
	a.out = append(a.out, c)
	return true
}

func (a *alterReader) clause(r *reader) bool {
	switch {
	case r.take("add"):
		return a.addClause(r)
	case r.take("modify"):
		r.take("column")
		return a.absent(r) || a.modify(r, "")
	case r.take("change"):
		r.take("column")
		if a.absent(r) {
			return true
		}
		old, ok := r.name()
		return ok && a.modify(r, old)
	case r.take("alter"):
		return a.alterColumn(r)
	case r.take("drop"):
		return a.drop(r)
	case r.take("rename"):
		return a.rename(r)
	case r.take("algorithm", "lock"):
		r.sign("=")
		r.next()
		return r.eof()
	}
	return a.option(r)
}

// absent passes IF EXISTS, and the whole clause where its column is not there.
func (a *alterReader) absent(r *reader) bool {
	if !r.takeAll("if", "exists") || a.table == nil || len(a.table.Columns) == 0 || a.table.Column(r.peek().text) != nil {
		return false
	}
	r.i = len(r.toks)
	return true
}

func (a *alterReader) addClause(r *reader) bool {
	if a.peekKey(r) {
		return a.addKey(r)
	}
	r.take("column")
	ifNot := r.takeAll("if", "not", "exists")
	if !r.sign("(") {
		return a.addColumn(r, ifNot)
	}
	for _, p := range r.commas() {
		part := r.part(p)
		if a.peekKey(part) {
			if !a.addKey(part) {
				return false
			}
		} else if !a.addColumn(part, ifNot) {
			return false
		}
	}
	return r.sign(")") && r.eof()
}

// peekKey says whether an index or a constraint follows. A column may be called "key" only in
// quotes, so the word decides.
func (a *alterReader) peekKey(r *reader) bool {
	return r.peek().is("index", "key", "unique", "primary", "constraint", "foreign", "check", "fulltext", "spatial", "vector") &&
		!(r.peek().is("vector") && !r.at(1).is("index", "key"))
}

func (a *alterReader) addColumn(r *reader, ifNot bool) bool {
	c, ok := r.readColumn(a.d)
	if !ok {
		return false
	}
	a.add(schema.AddColumn{On: a.on, Column: c.column(a.d, a.table), Position: c.position, IfNotExists: ifNot})
	if ifNot && a.table.Column(c.name) != nil { // the server makes its key all the same (11.8.9), and no check
		c.checks = nil
	}
	a.inline(c)
	return true
}

// inline adds the constraints that stand behind a column as changes of their own.
func (a *alterReader) inline(c colDef) {
	for _, k := range c.constraints() {
		if k.Kind == schema.Unique {
			k.Name = a.freeName(c.name)
		} else if k.Kind == schema.ForeignKey && k.Name == "" {
			k.Name, k.Unnamed = a.foreignKeyName(""), true
		}
		if k.Inline = k.Kind == schema.Check && a.d.maria(); k.Inline {
			k.Columns = []string{c.name}
		}
		a.add(schema.AddConstraint{On: a.on, Constraint: k})
	}
}

// constraints gives the constraints that stand behind a column, as a table's.
func (c colDef) constraints() []schema.Constraint {
	var out []schema.Constraint
	cols := []string{c.name}
	if c.primary {
		out = append(out, schema.Constraint{Name: "PRIMARY", Kind: schema.PrimaryKey, Columns: cols, Definition: "PRIMARY KEY (" + quote(c.name) + ")"})
	}
	if c.unique {
		out = append(out, schema.Constraint{Name: c.name, Kind: schema.Unique, Columns: cols, Definition: "UNIQUE KEY (" + quote(c.name) + ")"})
	}
	out = append(out, c.checks...)
	if k := c.references; k != nil {
		k.Columns = cols
		k.Definition = "FOREIGN KEY (" + quote(c.name) + ") " + k.Definition
		out = append(out, *k)
	}
	return out
}

// modify reads MODIFY, and with an old name CHANGE.
func (a *alterReader) modify(r *reader, old string) bool {
	c, ok := r.readColumn(a.d)
	if !ok {
		return false
	}
	if old == "" {
		old = c.name
	}
	a.out = append(a.out, a.d.restated(a.on, a.table, old, c)...)
	a.inline(c)
	return true
}

func (a *alterReader) alterColumn(r *reader) bool {
	if !a.d.maria() && r.take("check", "constraint") {
		return a.enforce(r)
	}
	if r.peek().is("index", "check", "constraint", "key") {
		return false
	}
	r.take("column")
	if a.absent(r) {
		return true
	}
	name, ok := r.name()
	if !ok {
		return false
	}
	if r.takeAll("drop", "default") {
		return r.eof() && a.add(schema.DropDefault{On: a.on, Column: name})
	}
	if !r.takeAll("set", "default") {
		return false
	}
	c := colDef{}
	if !r.readDefault(&c) || !r.eof() {
		return false
	}
	if c.def == "" {
		c.def = "NULL"
	}
	return a.add(schema.SetDefault{On: a.on, Column: name, Expr: c.def})
}

func (a *alterReader) drop(r *reader) bool {
	what, kind := "column", schema.ConstraintKind("")
	switch {
	case r.takeAll("primary", "key"):
		return r.eof() && a.add(schema.DropConstraint{On: a.on, Constraint: "PRIMARY", What: schema.PrimaryKey})
	case r.takeAll("foreign", "key"):
		what, kind = "constraint", schema.ForeignKey
	case !a.d.maria() && r.take("check"): // MariaDB takes it for a column's name, and then for an error
		what, kind = "constraint", schema.Check
	case r.take("constraint"):
		what = "constraint"
	case r.take("index", "key"):
		what = "index"
	case r.peek().is("partition"), r.peek().is("period"), r.peek().is("system"):
		return false
	}
	if what == "column" {
		r.take("column")
	}
	exists := r.takeAll("if", "exists")
	name, ok := r.name()
	if !ok {
		return false
	}
	cascade := r.take("cascade")
	r.take("restrict")
	if !r.eof() {
		return false
	}
	switch what {
	case "index":
		return a.add(schema.DropIndex{On: a.on, Index: name, IfExists: exists})
	case "constraint":
		return a.add(schema.DropConstraint{On: a.on, Constraint: name, What: kind, IfExists: exists})
	}
	return a.add(schema.DropColumn{On: a.on, Column: name, IfExists: exists, Cascade: cascade})
}

func (a *alterReader) rename(r *reader) bool {
	switch {
	case r.take("index", "key"):
		from, ok := r.name()
		if !ok || !r.take("to") {
			return false
		}
		to, ok := r.name()
		return ok && r.eof() && a.add(schema.RenameIndex{On: a.on, From: from, To: to})
	case r.take("column"):
		if a.absent(r) {
			return true
		}
		from, ok := r.name()
		if !ok || !r.take("to") {
			return false
		}
		to, ok := r.name()
		return ok && r.eof() && a.add(schema.RenameColumn{On: a.on, From: from, To: to})
	}
	_ = r.take("to", "as") || r.sign("=")
	to, ok := readName(r)
	if !ok || !r.eof() || to.Schema != "" && to.Schema != a.on.Name.Schema {
		return false
	}
	return a.add(schema.RenameTable{On: a.on, To: to.Table})
}

// restated turns a column that is stated anew (MODIFY, CHANGE) into what differs from the column
// as it is. A difference that no other change stands for (the comment, the position, ON UPDATE)
// travels with a ChangeType to the same type. Where the column is not known, it is a ChangeType.
func (d *Dialect) restated(on schema.On, t *schema.Table, old string, c colDef) []schema.Change {
	want := c.column(d, t)
	change := schema.ChangeType{
		On: on, Column: old, Type: want.Type, Collation: want.Collation, Definition: c.text, Position: c.position, Becomes: &want,
	}
	var out []schema.Change
	if t == nil || t.Column(old) == nil {
		out = append(out, change)
	} else {
		have := *t.Column(old)
		want.NotNull = want.NotNull || inPrimaryKey(t, have.Name) // its columns cannot be NULL
		change.Column = have.Name
		out = d.differences(change, have, want, c)
		old = have.Name
	}
	if c.name != old {
		out = append(out, schema.RenameColumn{On: on, From: old, To: c.name})
	}
	if len(out) == 0 {
		out = append(out, change)
	}
	return out
}

func inPrimaryKey(t *schema.Table, column string) bool {
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return ix.Primary && slices.Contains(ix.Columns, column)
	})
}

func (d *Dialect) differences(change schema.ChangeType, have, want schema.Column, c colDef) []schema.Change {
	var out []schema.Change
	typ := d.typeText(parseType(have.Type)) != want.Type ||
		want.Collation != "" && !sameCollation(have.Collation, want.Collation) || d.restDiffers(have, c)
	if typ {
		out = append(out, change)
	}
	switch {
	case want.NotNull && !have.NotNull:
		out = append(out, schema.SetNotNull{On: change.On, Column: have.Name, Definition: c.text})
	case have.NotNull && !want.NotNull:
		out = append(out, schema.DropNotNull{On: change.On, Column: have.Name, Definition: c.text})
	}
	switch {
	case sameDefault(have.Default, want.Default):
	case want.Default == "":
		out = append(out, schema.DropDefault{On: change.On, Column: have.Name})
	default:
		out = append(out, schema.SetDefault{On: change.On, Column: have.Name, Expr: want.Default})
	}
	return out
}

// restDiffers compares what no other change stands for.
func (d *Dialect) restDiffers(have schema.Column, c colDef) bool {
	r := newReader(have.Definition, sqlMode{})
	was, ok := r.readDefinition(d)
	if !ok {
		return true
	}
	return c.position != "" || was.comment != c.comment || was.auto != c.auto || was.generated != c.generated ||
		!sameDefault(was.onUpdate, c.onUpdate) || !sameDefault(was.expr, c.expr) ||
		!strings.EqualFold(strings.Join(was.rest, " "), strings.Join(c.rest, " "))
}
