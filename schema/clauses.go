package schema

// ClausesOf gives the clauses of a statement, or the change itself.
func ClausesOf(c Change) []Change {
	if n, ok := c.(Native); ok {
		return n.Clauses
	}
	return []Change{c}
}

// Alters names the column that a clause alters and leaves in its place; empty: it does not.
func Alters(c Change) string {
	switch c := c.(type) {
	case ChangeType:
		return c.Column
	case SetNotNull:
		return c.Column
	case DropNotNull:
		return c.Column
	case SetDefault:
		return c.Column
	case DropDefault:
		return c.Column
	}
	return ""
}

// Flatten gives the clauses of all statements.
func Flatten(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		if a, ok := c.(Alter); ok {
			out = append(out, Flatten(a.Clauses)...)
			continue
		}
		out = append(out, c)
	}
	return out
}

// ColumnsOf names the existing columns that a change needs.
func ColumnsOf(c Change) []string {
	switch c := c.(type) {
	case DropColumn:
		return []string{c.Column}
	case RenameColumn:
		return []string{c.From}
	case ChangeType:
		return []string{c.Column}
	case SetNotNull:
		return []string{c.Column}
	case DropNotNull:
		return []string{c.Column}
	case SetDefault:
		return []string{c.Column}
	case DropDefault:
		return []string{c.Column}
	case SetIdentity:
		return []string{c.Column}
	case SetGenerated:
		return []string{c.Column}
	case AddConstraint:
		return c.Constraint.Columns
	case CreateIndex:
		var names []string
		for _, n := range c.Index.Columns {
			if n != "" {
				names = append(names, n)
			}
		}
		return names
	}
	return nil
}

// KindOf gives the kind of the only clause of a statement, or a word for several.
func KindOf(clauses []Change, many string) string {
	if len(clauses) == 1 {
		return clauses[0].Kind()
	}
	return many
}

// PutsConstants says that a statement only inserts rows of constants.
func PutsConstants(changes []Change) bool {
	v, ok := Verbatim{}, len(changes) == 1
	if ok {
		v, ok = changes[0].(Verbatim)
	}
	return ok && v.Constants > 0
}
