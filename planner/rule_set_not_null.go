package planner

var setNotNull = Rule{
	Name: "set-not-null",
	Why:  "everybody waits while every row is read to see that none is NULL",
	Rewrite: func(c Change, _ *Table) []Change {
		n, ok := c.(SetNotNull)
		if !ok || n.Proven {
			return nil
		}
		check := Constraint{
			Name:    SideName(n.Name.Table+"_"+n.Column, "nn", 63),
			Kind:    Check,
			Columns: []string{n.Column},
			NotNull: true,
		}
		later := check
		later.NotValid = true
		n.Proven = true
		return []Change{
			AddConstraint{On: n.On, Constraint: later},
			ValidateConstraint{On: n.On, Constraint: check},
			n,
			DropConstraint{On: n.On, Constraint: check.Name, What: Check},
		}
	},
}
