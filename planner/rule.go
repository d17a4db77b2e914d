package planner

import (
	"slices"

	"surefoot/schema"
)

// Rule knows one kind of unsafe change and a milder way to the same end. It does not ask which
// engine this is: whether its rewrite is milder there is a fact (see milder).
type Rule struct {
	// Name is the rule's name in findings: the kind of change it is about.
	Name string
	// Why says what is wrong with the plain way, as the end of the sentence "… because …".
	Why string
	// Always: the milder form is taken even where the plain one does not block for too long.
	Always bool
	// Rewrite gives the ways to make a change by milder ones, the best first; none where the rule has nothing
	// to say. t is the table as it is now; nil where it is not known.
	Rewrite func(c schema.Change, t *schema.Table) [][]schema.Change
	// InTheWay says what keeps Rewrite from helping, as the end of "… because …"; nil: nobody asks.
	InTheWay func(c schema.Change, t *schema.Table) string
}

// IsRule says whether a rule has this name; other findings have the name of a kind of change.
func IsRule(name string) bool {
	return name == severalClauses.Name || slices.ContainsFunc(rules(), func(r Rule) bool { return r.Name == name })
}

// rules in the order in which they are tried; the first whose pieces are all milder is taken.
func rules() []Rule {
	return []Rule{
		addIndex, dropIndex, addUnique, addPrimaryKey, addForeignKey, addCheck, setNotNull,
		addColumn, renameColumn, dropColumn, dropTable, dropObject, copyTable,
	}
}
