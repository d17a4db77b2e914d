package mysql

import (
	"strings"

	"surefoot/schema"
)

// enforce reads whether a check is enforced. One that ceases to be is another one of the same name.
func (a *alterReader) enforce(r *reader) bool {
	name, _ := r.name()
	k, not := a.table.Constraint(name), r.take("not")
	if k == nil && !not { // what it says does not matter
		k = &schema.Constraint{Name: name, Kind: schema.Check}
	}
	if !r.take("enforced") || !r.eof() || k == nil || k.Kind != schema.Check {
		return false
	}
	check := *k
	check.NotValid = not
	check.Definition = strings.TrimSuffix(check.Definition, " NOT ENFORCED")
	if !not {
		return a.add(schema.ValidateConstraint{On: a.on, Constraint: check})
	}
	check.Definition += " NOT ENFORCED"
	return a.add(schema.DropConstraint{On: a.on, Constraint: k.Name, What: schema.Check}) && a.add(schema.AddConstraint{On: a.on, Constraint: check})
}

// enforcement is the clause that lets a check be enforced or not.
func enforcement(check string, yes bool) string {
	if yes {
		return "ALTER CHECK " + quote(check) + " ENFORCED"
	}
	return "ALTER CHECK " + quote(check) + " NOT ENFORCED"
}

// isEnforced is the condition that a check is enforced, or is not.
func isEnforced(table schema.Name, check string, yes bool) string {
	word := map[bool]string{true: "'YES'", false: "'NO'"}[yes]
	return counted("TABLE_CONSTRAINTS", table, "CONSTRAINT_NAME = "+literal(check)+" AND ENFORCED = "+word) + " = 1"
}

// noLongerEnforced is the way back of one that is enforced.
func noLongerEnforced(table schema.Name, check string) string {
	return ifTrue(isEnforced(table, check, true), "ALTER TABLE "+qualified(table)+" "+enforcement(check, false))
}
