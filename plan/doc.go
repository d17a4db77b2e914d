// Package plan is the plan language: what a planner writes, an executor runs, a rehearsal compares
// and a journal stores. All of it is data.
//
//	Plan, Step           SQL, the proof that it took effect, and the way back (plan.go, step.go)
//	Walk, Capture, CutOver   what a step runs for each key range, for captured keys, under the lock
//	Effect, Lock, Level  what something does to others, and where that is known from (effect.go)
//	Rates, Totals        costs (costs.go, plan.go)
//	Finding, Problem     what people are told (finding.go, problem.go)
//	Fault, JournalSQL    what an engine's errors mean, and the SQL of the journal (fault.go, journal_sql.go)
//	PortraitDiff         how the description of a table differs from an earlier one (portrait.go)
//	Others, Sample       what others write meanwhile, and which rows of a table say much about it
//
// It imports schema alone, touches neither files nor databases, and names no engine. Start reading
// at step.go.
package plan
