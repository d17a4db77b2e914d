package planner

import (
	"strings"

	"surefoot/schema"
)

// addColumn takes a column with a default that the server must write into every row apart.
var addColumn = Rule{
	Name: "add-column",
	Why:  "the server writes the new column's value into every row while everybody waits",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		a, ok := c.(schema.AddColumn)
		if !ok || a.Column.Default == "" || a.Column.Generated != "" || a.Column.Identity != "" || a.Column.Counter || a.Column.More {
			return nil
		}
		if a.Column.NotNull && strings.EqualFold(a.Column.Default, "NULL") { // the server says what it thinks of that
			return nil
		}
		bare := a
		bare.Column.Default, bare.Column.NotNull, bare.Column.Definition = "", false, ""
		pieces := []schema.Change{
			bare,
			schema.SetDefault{On: a.On, Column: a.Column.Name, Expr: a.Column.Default},
			schema.Backfill{On: a.On, Column: a.Column.Name, Expr: a.Column.Default},
		}
		if a.Column.NotNull {
			pieces = append(pieces, schema.SetNotNull{On: a.On, Column: a.Column.Name})
		}
		return [][]schema.Change{pieces}
	},
}
