package postgres

import (
	"slices"

	"surefoot/schema"
)

// back is the way back of a change: statements that are safe to repeat, what they lose, and
// whether there is none.
type back struct {
	sql      []string
	lost     string
	noReturn bool
}

// clauseUndo gives the way back of one change, from the table as it was before.
func clauseUndo(c schema.Change, s *schema.Schema) back {
	n := s.Resolve(c.Table())
	alter := "ALTER TABLE IF EXISTS " + qualified(n) + " "
	t := s.Table(n)
	switch c := c.(type) {
	case schema.CreateTable:
		if t != nil {
			return back{}
		}
		return back{sql: []string{"DROP TABLE IF EXISTS " + qualified(n)}, lost: "the new table's rows"}
	case schema.DropTable:
		return back{lost: "point of no return: the table's rows are gone", noReturn: true}
	case schema.RenameTable:
		to := schema.Name{Schema: n.Schema, Table: c.To}
		return back{sql: []string{doIf(hasTable(to)+" AND "+hasNoTable(n), "ALTER TABLE "+qualified(to)+" RENAME TO "+quote(n.Table))}}
	case schema.AddColumn:
		if t.Column(c.Column.Name) != nil {
			return back{}
		}
		return back{sql: []string{alter + "DROP COLUMN IF EXISTS " + quote(c.Column.Name)}, lost: "the new column's values"}
	case schema.DropColumn:
		return back{lost: "point of no return: the values of " + c.Column + " are gone", noReturn: true}
	case schema.RenameColumn:
		return back{sql: []string{doIf(hasColumn(n, c.To)+" AND NOT "+hasColumn(n, c.From),
			"ALTER TABLE "+qualified(n)+" RENAME COLUMN "+quote(c.To)+" TO "+quote(c.From))}}
	case schema.ChangeType:
		return undoType(c, n, t)
	case schema.SetNotNull:
		if col := t.Column(c.Column); col != nil && col.NotNull {
			return back{}
		}
		drop := doIf(columnIs(n, c.Column, "a.attnotnull"), "ALTER TABLE "+qualified(n)+" ALTER COLUMN "+quote(c.Column)+" DROP NOT NULL")
		return back{sql: append([]string{drop}, forbidAgain(c.Column, n, t)...)}
	case schema.DropNotNull:
		if again := forbidAgain(c.Column, n, t); again != nil {
			return back{sql: again}
		}
		if col := t.Column(c.Column); col != nil && !col.NotNull {
			return back{}
		}
		return back{sql: []string{doIf(columnIs(n, c.Column, "NOT a.attnotnull"), "ALTER TABLE "+qualified(n)+" ALTER COLUMN "+quote(c.Column)+" SET NOT NULL")}}
	case schema.SetDefault:
		return undoDefault(c.Column, alter, t)
	case schema.DropDefault:
		return undoDefault(c.Column, alter, t)
	case schema.SetIdentity:
		return undoIdentity(c, n, t)
	case schema.SetGenerated:
		if col := t.Column(c.Column); col != nil && c.Generated != "" {
			return back{sql: []string{alter + generatedClause(schema.SetGenerated{Column: c.Column, Generated: col.Generated, Expr: col.Expr})}}
		}
		return back{lost: "point of no return: PostgreSQL cannot make " + c.Column + " a generated column again", noReturn: true}
	case schema.Verbatim:
		if c.Absent != "" {
			return back{}
		}
		return back{lost: verbatimLost(c), noReturn: true}
	}
	return partUndo(c, n, t)
}

// forbidAgain makes the constraint again that forbade NULL in a column (PostgreSQL 18): it has a name and a
// comment, and it may be one that is not valid.
func forbidAgain(column string, n schema.Name, t *schema.Table) []string {
	if t == nil {
		return nil
	}
	if col := t.Column(column); col != nil && col.NotNullName != "" {
		return undoDropConstraint(schema.DropConstraint{Constraint: col.NotNullName}, n, t).sql
	}
	if k := uncheckedNotNull(t, column); k != nil {
		return undoDropConstraint(schema.DropConstraint{Constraint: k.Name}, n, t).sql
	}
	return nil
}

// uncheckedNotNull is a column's NOT NULL that is not valid.
func uncheckedNotNull(t *schema.Table, column string) *schema.Constraint {
	for _, k := range unchecked(t) {
		if k.Kind == schema.OtherKind && len(k.Columns) == 1 && k.Columns[0] == column {
			return &k
		}
	}
	return nil
}

// partUndo is that of what changes an index or a constraint. Of whatever is not met there is none.
func partUndo(c schema.Change, n schema.Name, t *schema.Table) back {
	switch c := c.(type) {
	case schema.CreateIndex:
		drop := "DROP INDEX IF EXISTS "
		if c.Online {
			drop = "DROP INDEX CONCURRENTLY IF EXISTS "
		}
		return back{sql: []string{drop + qualified(schema.Name{Schema: n.Schema, Table: c.Index.Name})}}
	case schema.DropIndex:
		return undoDropIndex(c, n, t)
	case schema.RenameIndex:
		to := schema.Name{Schema: n.Schema, Table: c.To}
		return back{sql: []string{doIf(indexRenamed(c, n), "ALTER INDEX "+qualified(to)+" RENAME TO "+quote(c.From))}}
	case schema.AddConstraint:
		return back{sql: undoConstraint(c, n, t)}
	case schema.DropConstraint:
		return undoDropConstraint(c, n, t)
	case schema.ValidateConstraint: // that it holds for all rows takes nothing away
		return back{}
	}
	return back{lost: "point of no return: no way back is known", noReturn: true}
}

// undoConstraint drops a constraint, and brings back what it took over: an index, columns that may be NULL.
func undoConstraint(c schema.AddConstraint, n schema.Name, t *schema.Table) []string {
	sql := []string{"ALTER TABLE IF EXISTS " + qualified(n) + " DROP CONSTRAINT IF EXISTS " + quote(c.Constraint.Name)}
	if t == nil {
		return sql
	}
	if ix := t.Index(c.UsingIndex); c.UsingIndex != "" && ix != nil && ix.Definition != "" {
		sql = append(sql, doIf("to_regclass("+literal(qualified(schema.Name{Schema: n.Schema, Table: ix.Name}))+") IS NULL", ix.Definition))
		sql = append(sql, onPart("index", ix.Name, n, t)...)
	}
	for _, name := range c.Constraint.Columns {
		if col := t.Column(name); c.Constraint.Kind == schema.PrimaryKey && col != nil && !col.NotNull {
			sql = append(sql, doIf(columnIs(n, name, "a.attnotnull"), "ALTER TABLE "+qualified(n)+" ALTER COLUMN "+quote(name)+" DROP NOT NULL"))
		}
	}
	return sql
}

func undoType(c schema.ChangeType, n schema.Name, t *schema.Table) back {
	col := t.Column(c.Column)
	if col == nil {
		return back{lost: "the way back is not known, because the column's type was not", noReturn: true}
	}
	if m := (schema.Mapping{From: c.Column, Using: c.Using}); c.Using != "" && !plainCast(m) {
		return back{lost: "point of no return: no way back is known for the values that USING " + clip(c.Using) + " makes", noReturn: true}
	}
	unknown := func(datatype) bool { return false }
	if col.Generated != "" && castBetween(parseType(c.Type), parseType(col.Type), unknown) != "" {
		return back{lost: "point of no return: the server turns computed values of " + c.Type + " into " + col.Type + " neither by itself nor when told", noReturn: true}
	}
	text := "ALTER TABLE " + qualified(n) + " ALTER COLUMN " + quote(c.Column) + " TYPE " + col.Type
	if col.Collation != "" {
		text += " COLLATE " + collation(col.Collation)
	}
	if col.Generated == "" { // a computed value has no other
		text += " USING " + quote(c.Column) + "::" + col.Type
	}
	sql := append([]string{doIf(isType(n, c.Column, c.Type), text)}, rebuilt(c.Column, n, t)...)
	return back{sql: sql, lost: "what the old type cannot hold; the way back may rewrite the table again"}
}

// rebuilt gives back what the indexes and statistics about a column lost when it got another type.
func rebuilt(column string, n schema.Name, t *schema.Table) []string {
	var out []string
	for _, x := range take[[]indexExtra](t, extraIndexes) {
		if ix := indexOf(t, x.Name); ix != nil && mentions(indexBody(*ix), column) {
			out = append(out, setTargets(schema.Name{Schema: n.Schema, Table: x.Name}, x.Targets)...)
		}
	}
	for _, st := range take[[]statistic](t, extraStatistics) {
		if mentions(st.Columns, column) {
			out = append(out, st.forgotten(qualified(schema.Name{Schema: st.Schema, Table: st.Name}))...)
		}
	}
	return out
}

func undoDefault(column, alter string, t *schema.Table) back {
	text := alter + "ALTER COLUMN " + quote(column) + " DROP DEFAULT"
	if col := t.Column(column); col != nil && col.Default != "" {
		text = alter + "ALTER COLUMN " + quote(column) + " SET DEFAULT " + col.Default
	}
	return back{sql: []string{text}}
}

func undoIdentity(c schema.SetIdentity, n schema.Name, t *schema.Table) back {
	col := t.Column(c.Column)
	is := columnIs(n, c.Column, "a.attidentity = "+literal(identityCodes[c.Identity]))
	switch {
	case col == nil:
		return back{lost: "the way back is not known, because the column was not", noReturn: true}
	case c.Identity == "":
		return back{lost: "point of no return: the number that the column stood at is gone", noReturn: true}
	}
	now := *col
	now.Identity, now.Numbers = c.Identity, c.Numbers
	text := identityClause(schema.SetIdentity{Column: c.Column, Identity: col.Identity, Numbers: col.Numbers}, &now)
	return back{sql: []string{doIf(is, "ALTER TABLE "+qualified(n)+" "+text)}}
}

func undoDropIndex(c schema.DropIndex, n schema.Name, t *schema.Table) back {
	if ix := indexOf(t, c.Index); ix != nil {
		name := schema.Name{Schema: n.Schema, Table: ix.Name}
		sql := []string{
			doIf(hasTable(name)+" AND NOT "+validIndex(name), "DROP INDEX "+qualified(name)), // what a failed build left behind
			createIndex(ix.Name, ix.Unique, c.Online, true, n, indexBody(*ix)),
		}
		return back{sql: append(sql, onPart("index", ix.Name, n, t)...), lost: "time: the index is built again"}
	}
	if c.IfExists {
		return back{} // it is not there
	}
	return back{lost: "point of no return: the index's definition is not known", noReturn: true}
}

// onPart gives what a table's index or constraint has beside its definition: a comment, statistics
// targets, a mark.
func onPart(of, name string, n schema.Name, t *schema.Table) []string {
	var out []string
	for _, o := range slices.Concat(take[[]owned](t, extraComments), take[[]owned](t, extraMarks)) {
		if o.Name == name && (o.Of == of || of == "constraint" && o.Of == "index") {
			out = append(out, o.Text.on(qualified(n)))
		}
	}
	for _, x := range take[[]indexExtra](t, extraIndexes) {
		if x.Name == name {
			out = append(out, setTargets(schema.Name{Schema: n.Schema, Table: name}, x.Targets)...)
		}
	}
	return out
}

func undoDropConstraint(c schema.DropConstraint, n schema.Name, t *schema.Table) back {
	if k := constraintOf(t, c.Constraint); k != nil {
		if c.Cascade && (len(take[[]incomingKey](t, extraIncoming)) > 0 || len(take[[]view](t, extraViews)) > 0) {
			return back{lost: "point of no return: what CASCADE takes along with constraint " + k.Name + " is not known afterwards", noReturn: true}
		}
		text := "ALTER TABLE " + qualified(n) + " ADD CONSTRAINT " + quote(k.Name) + " " + constraintText(*k)
		sql := []string{doIf("NOT "+hasConstraint(n, k.Name), text)}
		return back{sql: append(sql, onPart("constraint", k.Name, n, t)...), lost: "rows written meanwhile may violate it"}
	}
	if c.IfExists {
		return back{}
	}
	return back{lost: "point of no return: the constraint's definition is not known", noReturn: true}
}

// undoAll gives the way back of changes that take effect together, the last first.
func undoAll(changes []schema.Change, s *schema.Schema) back {
	var all back
	var parts []back
	for _, c := range changes {
		parts = append(parts, clauseUndo(c, s))
		s = schema.Apply(s, c)
	}
	for i := len(parts) - 1; i >= 0; i-- {
		all.sql = append(all.sql, parts[i].sql...)
		all.noReturn = all.noReturn || parts[i].noReturn
		if parts[i].lost != "" && (all.lost == "" || parts[i].noReturn) {
			all.lost = parts[i].lost
		}
	}
	return all
}
