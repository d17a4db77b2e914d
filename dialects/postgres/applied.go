package postgres

import (
	"strings"

	"surefoot/schema"
)

// unknownSince says after which earlier change of the plan it is not known all that a copy of a table
// must carry; empty: it is known. What Table.Extra says was read before the plan began, and it says
// it by name.
func unknownSince(t *schema.Table) string {
	for _, c := range t.Applied {
		if !takesOnlyItself(c) {
			return "an earlier statement of this plan (" + strings.ReplaceAll(c.Kind(), "-", " ") +
				") changes what a copy of " + t.Name.String() + " must carry: run the statements up to it first, then plan the rest"
		}
	}
	return ""
}

// takesOnlyItself says that a change does no more to what a table owns than its columns, indexes and
// constraints tell: a copy leaves out what was about one that is gone (see still).
func takesOnlyItself(c schema.Change) bool {
	switch c := c.(type) {
	case schema.AddColumn:
		return !makesSequence(c.Column)
	case schema.DropColumn:
		return !c.Cascade
	case schema.DropConstraint:
		return !c.Cascade
	case schema.ChangeType, schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault,
		schema.CreateIndex, schema.DropIndex, schema.AddConstraint, schema.ValidateConstraint:
		return true
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
	{"create", "sequence"},
	{"create", "function"},
	{"create", "or", "replace", "function"},
	{"drop", "function"},
	{"refresh", "materialized", "view"},
}

func keepsTables(src source) bool {
	if src.find(0, "cascade") >= 0 || ownsSequence(src) {
		return false
	}
	for _, words := range keepTables {
		if startsWith(src, words) {
			return true
		}
	}
	return enumValue(src) == "add"
}

// ownsSequence says that a statement makes a sequence that belongs to a column: of its table more is known then.
func ownsSequence(src source) bool {
	owner := src.find(0, "owned")
	return src.skip(0, "create", "sequence") > 0 && owner > 0 && src.skip(owner, "owned", "by", "none") == owner
}

// uproots says that a statement may take away or alter what tables need: a new value or name of a value
// of an enum is one for every table.
func uproots(src source) bool {
	return (src.skip(0, "drop") > 0 || src.skip(0, "alter") > 0) && enumValue(src) == ""
}
