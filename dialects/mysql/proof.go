package mysql

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"surefoot/schema"
)

// proof asks information_schema whether all of the changes took effect. Changes that leave no
// trace there are passed over; when all do, there is no proof.
func (d *Dialect) proof(changes []schema.Change, t *schema.Table, name schema.Name) string {
	var all []string
	var after *schema.Table
	if t != nil {
		after = d.afterStatements(t, []schema.Native{{On: schema.On{Name: t.Name}, Clauses: changes}})
	}
	renamed := newNames(changes)
	order := orderAfter(t, changes)
	for _, c := range changes {
		p, again := proofAgain(c, changes, t, name)
		if !again && !converted(c, changes) {
			p = d.proofOf(c, t, after, order, name, renamed)
		}
		if p != "" {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "SELECT " + strings.Join(all, " AND ")
}

// converted says that a clause gives a column a type beside CONVERT TO and a clause that states the same
// column: which charset it has then, the table's collation tells.
func converted(c schema.Change, changes []schema.Change) bool {
	ch, ok := c.(schema.ChangeType)
	return ok && slices.ContainsFunc(changes, func(o schema.Change) bool {
		option, ok := o.(schema.SetOption)
		return ok && option.Option == "convert"
	}) && slices.ContainsFunc(changes, func(o schema.Change) bool {
		stated, ok := o.(schema.ChangeType)
		return ok && stated.Definition != "" && strings.EqualFold(stated.Column, ch.Column)
	})
}

// counted is a condition over the rows of an information_schema table that belong to a table.
func counted(view string, name schema.Name, condition string) string {
	return fmt.Sprintf("(SELECT COUNT(*) FROM information_schema.%s WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND %s)",
		view, schemaText(name), literal(name.Table), condition)
}

func columnWith(name schema.Name, column, condition string) string {
	if condition != "" {
		condition = " AND " + condition
	}
	return counted("COLUMNS", name, "COLUMN_NAME = "+literal(column)+condition) + " = 1"
}

func noColumn(name schema.Name, column string) string {
	return counted("COLUMNS", name, "COLUMN_NAME = "+literal(column)) + " = 0"
}

func indexThere(name schema.Name, index string) string {
	return counted("STATISTICS", name, "INDEX_NAME = "+literal(index)+" AND SEQ_IN_INDEX = 1") + " = 1"
}

func noIndex(name schema.Name, index string) string {
	return counted("STATISTICS", name, "INDEX_NAME = "+literal(index)+" AND SEQ_IN_INDEX = 1") + " = 0"
}

func constraintThere(name schema.Name, constraint string) string {
	return counted("TABLE_CONSTRAINTS", name, "CONSTRAINT_NAME = "+literal(constraint)) + " = 1"
}

func noConstraint(name schema.Name, constraint string) string {
	return counted("TABLE_CONSTRAINTS", name, "CONSTRAINT_NAME = "+literal(constraint)) + " = 0"
}

// newNames gives the names that columns have after a statement.
func newNames(changes []schema.Change) func(string) string {
	return func(column string) string {
		for _, c := range changes {
			if r, ok := c.(schema.RenameColumn); ok && strings.EqualFold(r.From, column) {
				return r.To
			}
		}
		return column
	}
}

// proofOf is the proof of one change of table t, which becomes after, with its columns in that order; renamed gives
// a column's new name.
func (d *Dialect) proofOf(c schema.Change, t, after *schema.Table, order []string, name schema.Name, renamed func(string) string) string {
	switch c := c.(type) {
	case schema.AddColumn:
		return columnWith(name, c.Column.Name, "")
	case schema.DropColumn:
		return noColumn(name, c.Column)
	case schema.ChangeType:
		if condition := d.proofOfType(c, t, order, name, renamed(c.Column)); condition != "" {
			return columnWith(name, renamed(c.Column), condition)
		}
	case schema.SetNotNull:
		return columnWith(name, renamed(c.Column), "IS_NULLABLE = 'NO'")
	case schema.DropNotNull:
		return columnWith(name, renamed(c.Column), "IS_NULLABLE = 'YES'")
	case schema.SetDefault:
		if sameShown(t.Column(c.Column), c.Expr) {
			return "" // the catalog shows no difference
		}
		return columnWith(name, renamed(c.Column), d.defaultIs(c, t.Column(c.Column), after.Column(renamed(c.Column))))
	case schema.DropDefault:
		if sameShown(t.Column(c.Column), "NULL") {
			return ""
		}
		return columnWith(name, renamed(c.Column), d.noDefault())
	case schema.CreateIndex:
		return indexThere(name, c.Index.Name)
	case schema.DropIndex:
		return noIndex(name, c.Index)
	case schema.RenameIndex:
		return indexThere(name, c.To) + " AND " + noIndex(name, c.From)
	case schema.AddConstraint:
		return d.proofOfConstraint(c.Constraint, t, after, name)
	case schema.ValidateConstraint:
		if c.Constraint.Kind == schema.Check {
			return isEnforced(name, c.Constraint.Name, true)
		}
	case schema.SetOption:
		if collation := c.Extra["collation"]; c.Option == "convert" && t != nil && !sameCollation(t.Extra["collation"], collation) {
			return counted("TABLES", name, "TABLE_COLLATION = "+literal(collation)) + " = 1"
		}
	case schema.DropConstraint:
		if c.What == schema.PrimaryKey {
			return "" // where another key takes its place, that one is the proof
		}
		return noConstraint(name, c.Constraint)
	}
	return ""
}

// compressed says that a column's values are stored so.
func compressed(definition string) bool {
	return slices.ContainsFunc(tokenize(definition, sqlMode{}), func(t token) bool { return t.is("compressed") })
}

// proofOfType is a condition on the column, which is called now after the statement: it looks at the type and the
// collation, or where these stay, at what else changes.
func (d *Dialect) proofOfType(c schema.ChangeType, t *schema.Table, order []string, name schema.Name, now string) string {
	var have schema.Column
	if t != nil && t.Column(c.Column) != nil {
		have = *t.Column(c.Column)
	}
	to := wanted(c, have)
	conditions := []string{"COLUMN_TYPE = " + literal(inCatalog(d.typeText(to)))}
	packed := d.maria() && compressed(c.Definition)
	if packed { // the catalog has it in a comment behind the type
		conditions[0] = "COLUMN_TYPE LIKE " + literal(inCatalog(d.typeText(to))+" /*%COMPRESSED*/")
	}
	if to.isText() && to.collation != "" {
		conditions = append(conditions, "COLLATION_NAME = "+literal(to.collation))
	}
	if inCatalog(d.typeText(parseType(have.Type))) != inCatalog(d.typeText(to)) || !sameCollation(have.Collation, to.collation) || d.maria() && packed != compressed(have.Definition) {
		return strings.Join(conditions, " AND ")
	}
	was, _ := newReader(have.Definition, sqlMode{}).readDefinition(d)
	is, _ := newReader(c.Definition, d.mode).readDefinition(d)
	switch {
	case was.comment != inCatalog(is.comment):
		return "COLUMN_COMMENT = " + literal(inCatalog(is.comment))
	case !was.auto && is.auto:
		return "EXTRA LIKE '%auto_increment%'"
	case was.onUpdate == "" && is.onUpdate != "":
		return "EXTRA LIKE '%on update%'"
	case was.onUpdate != "" && is.onUpdate == "":
		return "EXTRA NOT LIKE '%on update%'"
	case is.def != "" && !sameDefault(was.def, is.def):
		return d.defaultIs(schema.SetDefault{On: c.On, Column: c.Column, Expr: is.def}, &have, &have)
	case c.Position != "" && (t == nil || !slices.Equal(order, orderNow(t))): // where it stands already, no proof tells
		return proofOfPlace(order, name, now)
	}
	return ""
}

// inCatalog is how the catalog shows a text: its own charset has no characters of four bytes, and no bytes that
// are no text.
func inCatalog(text string) string {
	var shown strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r > 0xffff || r == utf8.RuneError && n == 1 {
			shown.WriteByte('?')
		} else {
			shown.WriteString(text[:n])
		}
		text = text[n:]
	}
	return shown.String()
}

// proofOfConstraint is the proof that a constraint is there. Those without a name are counted, with all that the
// statement adds and drops: before is the table as it was, after as it will be.
func (d *Dialect) proofOfConstraint(k schema.Constraint, before, after *schema.Table, name schema.Name) string {
	switch {
	case k.Kind == schema.PrimaryKey:
		return fmt.Sprintf("(SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) FROM information_schema.STATISTICS"+
			" WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME = 'PRIMARY') <=> %s",
			schemaText(name), literal(name.Table), literal(strings.Join(k.Columns, ",")))
	case k.Kind == schema.Unique:
		return indexThere(name, k.Name)
	case k.Name != "":
		return constraintThere(name, k.Name)
	case before == nil || after == nil || inPlaceOfAnother(k, before):
		return ""
	}
	if k.Kind == schema.Check && d.maria() {
		return checkThere(k, before, after, name)
	}
	kind := map[schema.ConstraintKind]string{schema.Check: "CHECK", schema.ForeignKey: "FOREIGN KEY"}[k.Kind]
	n := 0
	for _, other := range after.Constraints {
		if other.Kind == k.Kind {
			n++
		}
	}
	return fmt.Sprintf("%s = %d", counted("TABLE_CONSTRAINTS", name, "CONSTRAINT_TYPE = "+literal(kind)), n)
}

// inPlaceOfAnother: it is a check of a column that has one, whose place it takes.
func inPlaceOfAnother(k schema.Constraint, before *schema.Table) bool {
	return k.Inline && slices.ContainsFunc(k.Columns, func(c string) bool { return before.Column(c) != nil && before.Column(c).Checks != "" })
}

// checkThere is the proof of a check without a name on MariaDB: a column's has the column's name, the table's own
// are counted. JSON columns come and go with a check of which no clause speaks.
func checkThere(k schema.Constraint, before, after *schema.Table, name schema.Name) string {
	those := func(condition string) string {
		return fmt.Sprintf("(SELECT COUNT(*) FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %s AND TABLE_NAME = %s AND %s)",
			schemaText(name), literal(name.Table), condition)
	}
	if k.Inline {
		return those("LEVEL = 'Column' AND CONSTRAINT_NAME = "+literal(k.Columns[0])) + " = 1"
	}
	n := 0
	for _, other := range after.Constraints {
		if other.Kind == schema.Check && !other.Inline && !standsInColumn(other, before) && !standsInColumn(other, after) {
			n++
		}
	}
	return fmt.Sprintf("%s = %d", those("LEVEL = 'Table'"), n)
}

// standsInColumn: it is a check without a name that a column of the table has in its definition.
func standsInColumn(k schema.Constraint, t *schema.Table) bool {
	return k.Name == "" && slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return strings.Contains(c.Checks, k.Definition) })
}
