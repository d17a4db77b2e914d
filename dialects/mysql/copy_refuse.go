package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// Carries says why a clause cannot be part of a table copy; empty: it can.
func (d *Dialect) Carries(c schema.Change, s *schema.Schema) string {
	t := s.Table(c.Table())
	if t == nil {
		return "the table is not known"
	}
	if why := d.zone.ambiguous(t); why != "" {
		return why
	}
	switch c := c.(type) {
	case schema.Native:
		return d.carriesWhole(c, t)
	case schema.AddColumn:
		return carriesColumn(c)
	case schema.RenameColumn:
		if inKey(t, c.From) {
			return "column " + c.From + " is part of the key that the copy walks by"
		}
		return ""
	case schema.SetOption:
		return carriesOption(c)
	case schema.ChangeType:
		return d.carriesType(c, t)
	case schema.AddConstraint:
		return carriesConstraint(c)
	case schema.DropConstraint:
		if c.What == schema.PrimaryKey {
			return "the copy walks by the primary key, so it cannot drop it"
		}
		return ""
	case schema.DropColumn:
		if inKey(t, c.Column) {
			return "column " + c.Column + " is part of the key that the copy walks by"
		}
		return ""
	case schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault, schema.CreateIndex, schema.DropIndex, schema.RenameIndex:
		return ""
	}
	return "a copy cannot make a change of the kind " + c.Kind()
}

func inKey(t *schema.Table, column string) bool {
	key, _ := t.Key()
	return slices.ContainsFunc(key, func(k schema.Column) bool { return strings.EqualFold(k.Name, column) })
}

func carriesColumn(c schema.AddColumn) string {
	col := c.Column
	switch {
	case col.Numbered():
		return "the numbers of a new column would differ between the copy and a repair of it"
	case col.NotNull && col.Default == "" && col.Generated == "" && implicitValue(col) == "":
		return "column " + col.Name + " is NOT NULL without a default, and there is no value of its type that the rows could get under every sql_mode"
	}
	return ""
}

func carriesOption(c schema.SetOption) string {
	if strings.HasPrefix(c.Option, visibilityOf) {
		return "an index is shown or hidden when it is built"
	}
	if _, engine, _ := strings.Cut(c.Text, "="); c.Option == "engine" && !strings.EqualFold(strings.TrimSpace(engine), "InnoDB") {
		return "an engine without transactions cannot be kept current"
	}
	return ""
}

// carriesWhole looks at what clauses do together: the shadow needs the key that the copy walks by, and
// names of checks must be free.
func (d *Dialect) carriesWhole(n schema.Native, t *schema.Table) string {
	key, why := t.Key()
	if why != "" {
		return ""
	}
	after := d.afterStatements(t, []schema.Native{n})
	served := slices.ContainsFunc(after.Indexes, func(ix schema.Index) bool { return ix.Unique && !ix.Prefix && sameNames(ix.Columns, key) })
	if !served {
		return "the table would lose the key (" + strings.Join(namesOf(key), ", ") + ") that the copy walks by"
	}
	for _, c := range n.Clauses {
		if add, ok := c.(schema.AddConstraint); ok && d.checksPerSchema() && add.Constraint.Kind == schema.Check && t.Constraint(add.Constraint.Name) != nil {
			return "the name of check " + add.Constraint.Name + " is taken until the old table is dropped"
		}
	}
	return ""
}

func carriesConstraint(c schema.AddConstraint) string {
	switch c.Constraint.Kind {
	case schema.PrimaryKey:
		return "the copy walks by the key that the table has now, so it cannot bring a new one"
	case schema.ForeignKey:
		return "a row that the copy has not brought up to date would break the foreign key"
	case schema.Unique, schema.Check, schema.OtherKind:
	}
	return ""
}

func (d *Dialect) carriesType(c schema.ChangeType, t *schema.Table) string {
	col := t.Column(c.Column)
	if col == nil {
		return ""
	}
	was, now := columnType(col.Type, col.Collation), wanted(c, *col)
	if c.Becomes != nil && c.Becomes.Generated != "" {
		if inKey(t, col.Name) {
			return "column " + col.Name + " is part of the key that the copy walks by"
		}
		return "" // the server computes it
	}
	if _, ok := d.same(was, now, "a", "b"); !ok {
		return "whether each " + col.Type + " of column " + col.Name + " became the right " + c.Type + " could not be compared exactly"
	}
	if inKey(t, col.Name) && !keepsOrder(was, now) {
		return "column " + col.Name + " is part of the key that the copy walks by, and its new type sorts in another way"
	}
	return ""
}

// keepsOrder says whether keys of a type sort, compare and print as before in another.
func keepsOrder(was, now colType) bool {
	switch {
	case was.isInt() && now.isInt():
		return true
	case was.name != now.name:
		return false
	case was.isText():
		return sameCollation(was.collation, now.collation)
	}
	return was.name == "varbinary" || was.name == "decimal" && strings.Join(was.args[1:], "") == strings.Join(now.args[1:], "")
}
