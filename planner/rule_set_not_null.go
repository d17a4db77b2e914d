package planner

import "surefoot/schema"

var setNotNull = Rule{
	Name: "set-not-null",
	Why:  "everybody waits while every row is read to see that none is NULL",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		n, ok := c.(schema.SetNotNull)
		if !ok || n.Proven {
			return nil
		}
		check := schema.Constraint{
			Name:    schema.SideName(n.Name.Table+"_"+n.Column, "nn", 63),
			Kind:    schema.Check,
			Columns: []string{n.Column},
			NotNull: true,
		}
		later := check
		later.NotValid = true
		n.Proven = true
		return [][]schema.Change{{
			schema.AddConstraint{On: n.On, Constraint: later},
			schema.ValidateConstraint{On: n.On, Constraint: check},
			n,
			schema.DropConstraint{On: n.On, Constraint: check.Name, What: schema.Check},
		}}
	},
}
