package sqlite

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// A check of existing rows is an INSERT … SELECT of the first row that fails, into a table of the
// session's own whose trigger raises what it gets as an error.
const checkTable = "surefoot_check"

// failFor gives statements that fail when a query gives a row; its only column is the message.
func failFor(query string) []string {
	return []string{
		"CREATE TEMP TABLE IF NOT EXISTS " + checkTable + " (message TEXT)",
		"CREATE TEMP TRIGGER IF NOT EXISTS " + checkTable + "_raise BEFORE INSERT ON " + checkTable +
			" BEGIN SELECT RAISE(ABORT, NEW.message); END",
		"INSERT INTO temp." + checkTable + " " + query + " LIMIT 1",
		"DROP TABLE temp." + checkTable,
	}
}

// rowsCheck reads the existing rows for what a clause forbids; nil where it forbids nothing.
// before: it can run before the definition has the clause.
func rowsCheck(c schema.Change, t *schema.Table) (check []string, before bool) {
	switch c := c.(type) {
	case schema.SetNotNull:
		if c.Proven {
			return nil, true
		}
		return failFor(rowWhere(t, bare(c.Column)+" IS NULL", c.Column+" is NULL")), true
	case schema.AddConstraint:
		if c.Constraint.NotValid {
			return nil, true
		}
		return constraintCheck(c.Constraint, t)
	case schema.ValidateConstraint:
		return constraintCheck(c.Constraint, t)
	}
	return nil, true
}

func constraintCheck(k schema.Constraint, t *schema.Table) (check []string, before bool) {
	switch k.Kind {
	case schema.Check:
		expr := checkExpr(k)
		return failFor(rowWhere(t, "NOT ("+expr+")", "it violates CHECK ("+expr+")")), true
	case schema.ForeignKey:
		// The pragma reads the definition, so this one comes after it.
		return failFor(fmt.Sprintf("SELECT %s || coalesce(c.rowid, '?') || %s || c.parent FROM pragma_foreign_key_check(%s) c WHERE c.parent = %s COLLATE NOCASE",
			literal("row "), literal(" of "+t.Name.Table+" refers to no row of "), literal(t.Name.Table), literal(k.RefTable.Table))), false
	case schema.PrimaryKey, schema.Unique, schema.OtherKind:
	}
	return nil, true
}

// rowWhere selects a message that names a row by its key.
func rowWhere(t *schema.Table, where, why string) string {
	var parts []string
	if key, _ := t.Key(); key != nil {
		for _, c := range key {
			parts = append(parts, literal(c.Name+" = ")+" || quote("+quote(c.Name)+")")
		}
	} else {
		parts = []string{literal("another key")}
	}
	return fmt.Sprintf("SELECT %s || %s || %s FROM %s WHERE %s",
		literal("in the row of "+t.Name.Table+" with "), strings.Join(parts, " || ', ' || "), literal(" "+why), quote(t.Name.Table), where)
}
