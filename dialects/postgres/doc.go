// Package postgres knows PostgreSQL 14 to 18: it reads its SQL, states what each change does to
// others, writes the statements of a plan, and opens live databases.
//
//	parse*.go            SQL text to changes, by PostgreSQL's own grammar
//	effect*.go           what a change does to others
//	script*.go           SQL, proof (proof.go) and way back (undo.go) of a change
//	copy*.go             the parts of a table copy
//	live_*.go, portrait.go   what a live server is asked
//	stage*.go            twins of tables, for the rehearsal
//
// It imports schema and plan, its driver and its grammar, and no other engine. Start reading at
// effect.go, then script.go.
package postgres
