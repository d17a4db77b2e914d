package planner

import "surefoot/schema"

var addForeignKey = Rule{
	Name: "add-foreign-key",
	Why:  "both tables are locked while every row is checked",
	Rewrite: func(c schema.Change, t *schema.Table) [][]schema.Change {
		return validateLater(c, t, schema.ForeignKey)
	},
}

var addCheck = Rule{
	Name:    "add-check",
	Why:     "everybody waits while every row is checked",
	Rewrite: func(c schema.Change, t *schema.Table) [][]schema.Change { return validateLater(c, t, schema.Check) },
}

// validateLater adds the constraint for rows to come, and checks the existing ones afterwards
// under a lock that lets everybody work.
func validateLater(c schema.Change, t *schema.Table, kind schema.ConstraintKind) [][]schema.Change {
	a, ok := c.(schema.AddConstraint)
	if !ok || a.Constraint.Kind != kind || a.Constraint.NotValid {
		return nil
	}
	if a.Constraint.Name == "" && (t == nil || !t.Nameless) {
		a.Constraint.Name = defaultConstraintName(a)
	}
	now := a
	now.Constraint.NotValid = true
	return [][]schema.Change{{now, schema.ValidateConstraint{On: a.On, Constraint: a.Constraint}}}
}

func defaultConstraintName(a schema.AddConstraint) string {
	suffix := "_check"
	if a.Constraint.Kind == schema.ForeignKey {
		suffix = "_fkey"
	}
	return defaultIndexName(a, suffix)
}
