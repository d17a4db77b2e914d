package postgres

import (
	"strings"

	"surefoot/planner"
)

// unknownSince says after which earlier change of the plan it is not known all that a copy of a table
// must carry; empty: it is known. What Table.Extra says was read before the plan began, and it says
// it by name.
func unknownSince(t *planner.Table) string {
	for _, c := range t.Applied {
		if gone, known := takenAway(c); !known || gone != "" && extraNames(t, gone) {
			return "an earlier statement of this plan (" + strings.ReplaceAll(c.Kind(), "-", " ") +
				") changes what a copy of " + t.Name.String() + " must carry: run the statements up to it first, then plan the rest"
		}
	}
	return ""
}

// takenAway names what a change takes from a table; known is false where it does more than the
// table's columns, indexes and constraints tell.
func takenAway(c planner.Change) (name string, known bool) {
	switch c := c.(type) {
	case planner.AddColumn:
		return "", !makesSequence(c.Column) && c.Column.Identity == ""
	case planner.ChangeType, planner.SetNotNull, planner.DropNotNull, planner.SetDefault, planner.DropDefault,
		planner.CreateIndex, planner.AddConstraint, planner.ValidateConstraint:
		return "", true
	case planner.DropColumn:
		return c.Column, true
	case planner.DropIndex:
		return c.Index, true
	case planner.DropConstraint:
		return c.Constraint, true
	}
	return "", false
}

// extraNames says whether something in Table.Extra may name it.
func extraNames(t *planner.Table, name string) bool {
	for _, text := range t.Extra {
		if strings.Contains(strings.ToLower(text), strings.ToLower(name)) || strings.ContainsAny(name, "\"\\") {
			return true
		}
	}
	return false
}

// keepTables begin statements that leave every table as it is defined.
var keepTables = [][]string{
	{"select"},
	{"with"},
	{"insert"},
	{"update"},
	{"delete"},
	{"merge"},
	{"analyze"},
	{"explain"},
	{"show"},
	{"set"},
	{"reset"},
	{"create", "schema"},
	{"create", "extension"},
	{"create", "role"},
	{"create", "user"},
	{"create", "type"},
	{"create", "domain"},
}

func keepsTables(src source) bool {
	for _, words := range keepTables {
		if startsWith(src, words) {
			return true
		}
	}
	return false
}
