package planner

import (
	"strings"

	"surefoot/schema"
)

var addUnique = Rule{
	Name: "add-unique",
	Why:  "the constraint's index is built while everybody waits",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		a, ok := c.(schema.AddConstraint)
		if !ok || a.Constraint.Kind != schema.Unique || a.UsingIndex != "" {
			return nil
		}
		return [][]schema.Change{usingIndex(a, defaultIndexName(a, "_key"))}
	},
}

var addPrimaryKey = Rule{
	Name: "add-primary-key",
	Why:  "the key's index is built, and its columns are scanned for NULL, while everybody waits",
	Rewrite: func(c schema.Change, t *schema.Table) [][]schema.Change {
		a, ok := c.(schema.AddConstraint)
		if !ok || a.Constraint.Kind != schema.PrimaryKey || a.UsingIndex != "" || t == nil {
			return nil
		}
		var pieces []schema.Change
		for _, name := range a.Constraint.Columns {
			if col := t.Column(name); col == nil || !col.NotNull {
				pieces = append(pieces, schema.SetNotNull{On: a.On, Column: name})
			}
		}
		return [][]schema.Change{append(pieces, usingIndex(a, a.Name.Table+"_pkey")...)}
	},
}

// usingIndex builds a unique index first and lets the constraint take it over.
func usingIndex(a schema.AddConstraint, name string) []schema.Change {
	if a.Constraint.Name != "" {
		name = a.Constraint.Name
	}
	a.Constraint.Name = name
	a.UsingIndex = name
	return []schema.Change{
		schema.CreateIndex{On: a.On, Index: schema.Index{Name: name, Columns: a.Constraint.Columns, Unique: true}, Online: true},
		a,
	}
}

// defaultIndexName is the name that the constraint would get by itself.
func defaultIndexName(a schema.AddConstraint, suffix string) string {
	return a.Name.Table + "_" + strings.Join(a.Constraint.Columns, "_") + suffix
}
