package schema

// Judged gives the columns whose values a change converts or checks.
func Judged(c Change, t *Table) []string {
	switch c := c.(type) {
	case ChangeType:
		return []string{c.Column}
	case SetNotNull:
		return []string{c.Column}
	case AddConstraint:
		if c.Constraint.Kind != Check {
			return c.Constraint.Columns
		}
		var names []string
		for _, col := range t.Columns {
			if Mentions(c.Constraint.Definition, []string{col.Name}) {
				names = append(names, col.Name)
			}
		}
		return names
	}
	return nil
}

// JudgedIn gives the columns of a table whose values the changes up to a schema convert or check.
func JudgedIn(after *Schema, t *Table) []string {
	var names []string
	for _, later := range after.Tables {
		if later.Origin != t {
			continue
		}
		for _, c := range later.Applied {
			names = append(names, Judged(c, t)...)
		}
	}
	return names
}
