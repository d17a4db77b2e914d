package planner

// addColumn takes a column with a default that the server must write into every row apart.
var addColumn = Rule{
	Name: "add-column",
	Why:  "the server writes the new column's value into every row while everybody waits",
	Rewrite: func(c Change, _ *Table) []Change {
		a, ok := c.(AddColumn)
		if !ok || a.Column.Default == "" || a.Column.Generated != "" || a.Column.Identity != "" || a.Column.Counter {
			return nil
		}
		bare := a
		bare.Column.Default, bare.Column.NotNull, bare.Column.Definition = "", false, ""
		pieces := []Change{
			bare,
			SetDefault{On: a.On, Column: a.Column.Name, Expr: a.Column.Default},
			Backfill{On: a.On, Column: a.Column.Name, Expr: a.Column.Default},
		}
		if a.Column.NotNull {
			pieces = append(pieces, SetNotNull{On: a.On, Column: a.Column.Name})
		}
		return pieces
	},
}
