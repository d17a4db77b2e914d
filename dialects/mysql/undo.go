package mysql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// ifTrue runs a statement only where a condition holds. MySQL has no IF EXISTS for most clauses and
// no blocks outside of programs, so the statement is prepared or not.
func ifTrue(condition, statement string) string {
	return "SET @surefoot_undo = IF(" + condition + ", " + literal(statement) + ", 'DO 0'); " +
		"PREPARE surefoot_undo FROM @surefoot_undo; EXECUTE surefoot_undo; DEALLOCATE PREPARE surefoot_undo"
}

// undo gives the way back of changes that one statement made, last first, and what it loses.
func (d *Dialect) undo(changes []schema.Change, t *schema.Table, name schema.Name) (undo []string, lost string) {
	restored := map[string]bool{}
	meet := slices.ContainsFunc(changes, func(c schema.Change) bool {
		r, ok := c.(schema.RenameColumn)
		return ok && givesColumn(changes, r.From) && !strings.EqualFold(r.From, r.To)
	})
	if meet {
		undo = []string{undoRenames(changes, t, name)}
	}
	for _, c := range backwards(changes, t) {
		if _, ok := c.(schema.RenameColumn); ok && meet {
			continue
		}
		back, loses := d.undoOf(c, t, name, restored)
		if add, ok := c.(schema.AddColumn); ok && add.Column.Identity != "" {
			back = []string{dropCounter(add, changes, name)}
		}
		undo = append(undo, back...)
		if loses != "" {
			lost = loses
		}
		if len(back) == 0 && loses != "" {
			return nil, loses
		}
		if ch, ok := c.(schema.ChangeType); ok && !strings.EqualFold(t.Column(ch.Column).Type, d.typeText(parseType(ch.Type))) {
			lost = "what only one of " + t.Column(ch.Column).Type + " and " + d.typeText(parseType(ch.Type)) + " can hold in column " + ch.Column
		}
	}
	return undo, lost
}

// backwards gives the changes of one statement in the order in which they are taken back: what was
// added goes, names return, columns are stated again from the first to the last, so that each finds
// the one that it stands behind in its place, and what was dropped comes back. The key of a column
// that begins to count goes when the column counts no more, and an index that a foreign key needs last.
func backwards(changes []schema.Change, t *schema.Table) []schema.Change {
	order := func(c schema.Change) (turn, place int) {
		if keyOfCounter(c, changes) || standsIn(c, changes, t) {
			return 4, 0
		}
		switch c := c.(type) {
		case schema.AddConstraint:
			if c.Constraint.Kind == schema.ForeignKey { // it needs an index, perhaps one of those that go
				return -1, 0
			}
			return 0, 0
		case schema.AddColumn, schema.CreateIndex:
			return 0, 0
		case schema.RenameColumn, schema.RenameIndex, schema.SetOption: // columns may take their charset from the table
			return 1, 0
		}
		column := stateOf(c)
		if column == "" || t == nil {
			return 3, 0
		}
		return 2, position(t, column)
	}
	out := slices.Clone(changes)
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b schema.Change) int {
		turnA, placeA := order(a)
		turnB, placeB := order(b)
		return cmp.Or(cmp.Compare(turnA, turnB), cmp.Compare(placeA, placeB))
	})
	return out
}

// stateOf names the column whose definition a change states or changes; empty: none.
func stateOf(c schema.Change) string {
	switch c := c.(type) {
	case schema.SetDefault:
		return c.Column
	case schema.DropDefault:
		return c.Column
	}
	column, _ := restates(c)
	return column
}

// undoRenames takes names back at once, where one column has the name that another had.
func undoRenames(changes []schema.Change, t *schema.Table, name schema.Name) string {
	var made, back []string
	for _, c := range changes {
		if r, ok := c.(schema.RenameColumn); ok {
			made = append(made, proofOfRename(r, changes, t, name))
			back = append(back, "RENAME COLUMN "+quote(r.To)+" TO "+quote(r.From))
		}
	}
	return ifTrue(strings.Join(made, " AND "), "ALTER TABLE "+qualified(name)+" "+strings.Join(back, ", "))
}

func (d *Dialect) undoOf(c schema.Change, t *schema.Table, name schema.Name, restored map[string]bool) (undo []string, lost string) {
	alter := "ALTER TABLE " + qualified(name) + " "
	switch c := c.(type) {
	case schema.AddColumn:
		return []string{ifTrue(columnWith(name, c.Column.Name, ""), alter+"DROP COLUMN "+quote(c.Column.Name))},
			"what was written to column " + c.Column.Name
	case schema.DropColumn:
		return nil, "point of no return: the values of column " + c.Column + " are gone"
	case schema.RenameColumn:
		return []string{undoRenames([]schema.Change{c}, t, name)}, ""
	case schema.ChangeType:
		return d.restore(c.Column, t, name, restored)
	case schema.SetNotNull:
		return d.restore(c.Column, t, name, restored)
	case schema.DropNotNull:
		return d.restore(c.Column, t, name, restored)
	case schema.SetDefault:
		return d.restore(c.Column, t, name, restored)
	case schema.DropDefault:
		return d.restore(c.Column, t, name, restored)
	case schema.CreateIndex:
		return []string{ifTrue(indexThere(name, c.Index.Name), alter+"DROP INDEX "+quote(c.Index.Name))}, ""
	case schema.DropIndex:
		return d.readdIndex(c.Index, t, name)
	case schema.RenameIndex:
		return []string{ifTrue(indexThere(name, c.To)+" AND "+noIndex(name, c.From), alter+"RENAME INDEX "+quote(c.To)+" TO "+quote(c.From))}, ""
	case schema.AddConstraint:
		return undoConstraint(c.Constraint, t, name)
	case schema.DropConstraint:
		return d.readdConstraint(c, t, name)
	case schema.ValidateConstraint:
		if k := t.Constraint(c.Constraint.Name); k == nil || k.NotValid {
			return []string{noLongerEnforced(name, c.Constraint.Name)}, ""
		}
		return []string{"DO 0"}, "" // it was enforced before
	case schema.SetOption:
		if back := d.optionBack(c, t); back != "" {
			return []string{alter + back}, ""
		}
	}
	return nil, "the way back is not known"
}

// restore states a column as it was. Stating it again changes nothing.
func (d *Dialect) restore(column string, t *schema.Table, name schema.Name, restored map[string]bool) ([]string, string) {
	if t == nil || t.Column(column) == nil {
		return nil, "the way back is not known: the column was not known when the plan was made"
	}
	col := *t.Column(column)
	if restored[col.Name] {
		return nil, ""
	}
	if strings.Contains(col.Type+col.Default+col.Expr+col.Checks, "?") {
		return nil, "the way back is not known: the server may show a question mark for another character of column " + column
	}
	restored[col.Name] = true
	position := "FIRST"
	for _, other := range t.Columns {
		if other.Name == col.Name {
			break
		}
		position = "AFTER " + quote(other.Name)
	}
	return []string{"ALTER TABLE " + qualified(name) + " MODIFY COLUMN " + quote(col.Name) + " " +
		d.inherited(d.stated(col, col.NotNull), col, t) + d.inlineChecks(t, col.Name) + " " + position}, ""
}

// inlineChecks gives the checks that the server keeps as a part of a column, and forgets when the column
// is stated without them. MariaDB's JSON is such a check.
func (d *Dialect) inlineChecks(t *schema.Table, column string) string {
	server := Dialect{flavor: d.flavor, version: d.version}
	r := newReader(asRead(t).Definition, sqlMode{})
	if !r.takeAll("create", "table") {
		return ""
	}
	if _, ok := readName(r); !ok || !r.sign("(") {
		return ""
	}
	text := ""
	for _, p := range r.commas() {
		part := r.part(p)
		if name, ok := part.name(); !ok || name != column {
			continue
		}
		if c, ok := part.readDefinition(&server); ok {
			for _, k := range c.checks {
				text += " " + k.Definition
			}
		}
	}
	return text
}

// inherited leaves COLLATE out of a definition where it is the table's own: the server shows it in
// a column that inherits it, but would take it for the column's own when it is stated. It puts it in where the
// column has what the table had before.
func (d *Dialect) inherited(definition string, col schema.Column, t *schema.Table) string {
	if !sameCollation(col.Collation, t.Extra["collation"]) {
		return d.withCharset(definition, col)
	}
	r := newReader(definition, sqlMode{})
	cut := textCutter{r: r}
	for !r.eof() {
		at := r.i
		switch {
		case r.take("charset"), r.takeAll("character", "set"):
			return definition // its own, although it is the same
		case r.take("collate"):
			r.next()
			cut.leaveOut(at, r.i)
		default:
			r.next()
		}
	}
	return cut.text()
}

// withCharset says behind a text's type which charset it has, where nothing does.
func (d *Dialect) withCharset(definition string, col schema.Column) string {
	said := slices.ContainsFunc(tokenize(definition, sqlMode{}), func(t token) bool { return t.is("charset", "character", "collate") })
	if said || col.Collation == "" || !columnType(col.Type, col.Collation).isText() {
		return definition
	}
	r := newReader(definition, sqlMode{})
	r.next()
	for inside := r.sign("("); inside && !r.eof() && !r.sign(")"); {
		r.next()
	}
	charset := charsetOf(col.Collation)
	text := " CHARACTER SET " + charset
	if !sameCollation(d.defaultCollation(charset), col.Collation) {
		text += " COLLATE " + col.Collation
	}
	return r.text(0, r.i) + text + " " + r.text(r.i, len(r.toks))
}

func (d *Dialect) readdIndex(index string, t *schema.Table, name schema.Name) ([]string, string) {
	if t == nil || indexNamed(t, index) == nil {
		return nil, "the way back is not known: the index was not known when the plan was made"
	}
	ix := *indexNamed(withTexts(t, t.Applied), index)
	text := indexText(schema.CreateIndex{Index: ix, Text: indexBody(ix)})
	return []string{ifTrue(noIndex(name, ix.Name), "ALTER TABLE "+qualified(name)+" ADD "+text)}, ""
}

func undoConstraint(k schema.Constraint, t *schema.Table, name schema.Name) ([]string, string) {
	alter := "ALTER TABLE " + qualified(name) + " DROP "
	switch {
	case k.Kind == schema.PrimaryKey:
		return []string{ifTrue(indexThere(name, "PRIMARY"), alter+"PRIMARY KEY")}, ""
	case k.Kind == schema.Unique:
		return []string{ifTrue(indexThere(name, k.Name), alter+"INDEX "+quote(k.Name))}, ""
	case k.Inline: // its column goes, or is stated again as it was
		return nil, ""
	case k.Name == "":
		return nil, "the server chose the constraint's name, so the way back is not known"
	case k.Kind == schema.ForeignKey:
		back := []string{ifTrue(constraintThere(name, k.Name), alter+"FOREIGN KEY "+quote(k.Name))}
		if t != nil && !slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return begins(ix, k.Columns) }) && !servesKey(t, k.Columns) {
			made := indexOfKey(k, t)
			back = append(back, ifTrue(indexThere(name, made), alter+"INDEX "+quote(made)))
		}
		return back, ""
	}
	return []string{ifTrue(constraintThere(name, k.Name), alter+"CONSTRAINT "+quote(k.Name))}, ""
}

// servesKey says that a foreign key which the table has needs an index that begins with columns: it is there.
func servesKey(t *schema.Table, columns []string) bool {
	return slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool {
		return k.Kind == schema.ForeignKey && begins(schema.Index{Columns: k.Columns}, columns)
	})
}

// indexOfKey is the name of the index that the server makes for a foreign key: the key's own, or else the one
// that it asks for, or its first column's.
func indexOfKey(k schema.Constraint, t *schema.Table) string {
	if !k.Unnamed {
		return k.Name
	}
	r := newReader(k.Definition, sqlMode{})
	if r.takeAll("foreign", "key") && !r.peek().sign("(") {
		name, _ := r.name()
		return name
	}
	return freeIndexName(k.Columns[0], func(name string) bool { return indexNamed(t, name) != nil })
}

// begins says whether an index begins with columns, as one that serves a foreign key must.
func begins(ix schema.Index, columns []string) bool {
	return len(ix.Columns) >= len(columns) && slices.EqualFunc(ix.Columns[:len(columns)], columns, strings.EqualFold)
}

func (d *Dialect) readdConstraint(c schema.DropConstraint, t *schema.Table, name schema.Name) ([]string, string) {
	var k *schema.Constraint
	if t != nil {
		k = t.Constraint(c.Constraint)
	}
	if k == nil || k.Kind == schema.PrimaryKey {
		return nil, fmt.Sprintf("the way back is not known for constraint %s", c.Constraint)
	}
	if k.Kind == schema.Unique {
		return d.readdIndex(k.Name, t, name)
	}
	text, err := d.addConstraint(*k, nil)
	if err != nil {
		return nil, err.Error()
	}
	return []string{ifTrue(noConstraint(name, k.Name), "ALTER TABLE "+qualified(name)+" "+text)}, ""
}
