package planner

var addForeignKey = Rule{
	Name:    "add-foreign-key",
	Why:     "both tables are locked while every row is checked",
	Rewrite: func(c Change, t *Table) []Change { return validateLater(c, t, ForeignKey) },
}

var addCheck = Rule{
	Name:    "add-check",
	Why:     "everybody waits while every row is checked",
	Rewrite: func(c Change, t *Table) []Change { return validateLater(c, t, Check) },
}

// validateLater adds the constraint for rows to come, and checks the existing ones afterwards
// under a lock that lets everybody work.
func validateLater(c Change, t *Table, kind ConstraintKind) []Change {
	a, ok := c.(AddConstraint)
	if !ok || a.Constraint.Kind != kind || a.Constraint.NotValid {
		return nil
	}
	if a.Constraint.Name == "" && (t == nil || !t.Nameless) {
		a.Constraint.Name = defaultConstraintName(a)
	}
	now := a
	now.Constraint.NotValid = true
	return []Change{now, ValidateConstraint{On: a.On, Constraint: a.Constraint}}
}

func defaultConstraintName(a AddConstraint) string {
	suffix := "_check"
	if a.Constraint.Kind == ForeignKey {
		suffix = "_fkey"
	}
	return defaultIndexName(a, suffix)
}
