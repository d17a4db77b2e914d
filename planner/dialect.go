package planner

import (
	"surefoot/plan"
	"surefoot/schema"
)

// Dialect supplies facts and verbs for one engine at one version. It answers with data and does
// nothing.
type Dialect interface {
	// Effect says what a change does to others when it is run as one statement on the tables of s.
	// Parts of a table copy, backfills and the like are asked too: the rewriting law compares them.
	// A change that the engine cannot do in any way has Refused set.
	Effect(c schema.Change, s *schema.Schema) plan.Effect
	// Script turns a change into steps: SQL, proof, way back, Work, Kind, Title. ID and costs are
	// the planner's. A change that cannot be scripted is an error that says why.
	Script(c schema.Change, s *schema.Schema) ([]plan.Step, error)
	// Carries says why a clause cannot be part of a table copy; empty: it can.
	Carries(c schema.Change, s *schema.Schema) string
}

// Caster is a dialect whose engine does not convert values to every type by itself: Cast gives the
// expression that does, or "".
type Caster interface {
	Cast(c schema.ChangeType, s *schema.Schema) string
}
