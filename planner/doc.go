// Package planner chooses: it turns wanted changes into a plan.
//
// Build asks a Dialect for the effect of each statement (what it blocks, with which lock, whether it
// rewrites the table). What blocks others for too long is rewritten by rules (rule_*.go) into milder
// changes; a rewrite is taken only if every piece blocks others for less time than what it replaces
// (harm.go). Clauses on one table share a copy of it (copying.go). The dialect scripts what is left,
// and the cost model prices it (cost.go).
//
//	Build              changes to a plan (build.go)
//	Rule               one kind of unsafe change and a milder way to the same end (rule.go)
//	ways               what else could have been done, and its price (way.go)
//	Dialect            what an engine has to answer (dialect.go)
//	Compare            safe steps beside a short outage (compare.go)
//
// It imports schema and plan, touches neither files, clock nor databases, and names no engine.
// Start reading at build.go.
package planner
