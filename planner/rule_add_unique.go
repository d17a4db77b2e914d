package planner

import "strings"

var addUnique = Rule{
	Name: "add-unique",
	Why:  "the constraint's index is built while everybody waits",
	Rewrite: func(c Change, _ *Table) []Change {
		a, ok := c.(AddConstraint)
		if !ok || a.Constraint.Kind != Unique || a.UsingIndex != "" {
			return nil
		}
		return usingIndex(a, defaultIndexName(a, "_key"))
	},
}

var addPrimaryKey = Rule{
	Name: "add-primary-key",
	Why:  "the key's index is built, and its columns are scanned for NULL, while everybody waits",
	Rewrite: func(c Change, t *Table) []Change {
		a, ok := c.(AddConstraint)
		if !ok || a.Constraint.Kind != PrimaryKey || a.UsingIndex != "" || t == nil {
			return nil
		}
		var pieces []Change
		for _, name := range a.Constraint.Columns {
			if col := t.Column(name); col == nil || !col.NotNull {
				pieces = append(pieces, SetNotNull{On: a.On, Column: name})
			}
		}
		return append(pieces, usingIndex(a, a.Name.Table+"_pkey")...)
	},
}

// usingIndex builds a unique index first and lets the constraint take it over.
func usingIndex(a AddConstraint, name string) []Change {
	if a.Constraint.Name != "" {
		name = a.Constraint.Name
	}
	a.Constraint.Name = name
	a.UsingIndex = name
	return []Change{
		CreateIndex{On: a.On, Index: Index{Name: name, Columns: a.Constraint.Columns, Unique: true}, Online: true},
		a,
	}
}

// defaultIndexName is the name that the constraint would get by itself.
func defaultIndexName(a AddConstraint, suffix string) string {
	return a.Name.Table + "_" + strings.Join(a.Constraint.Columns, "_") + suffix
}
