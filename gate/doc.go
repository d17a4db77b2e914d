// Package gate is the CI gate: which findings a change has, and which of them count.
//
//	Check         asks the planner and, where there is a server, a rehearsal (gate.go)
//	Levels        a severity of the team's own for a rule, or off (grade.go)
//	Suppressions  comments that silence a rule for a statement, with a reason (suppress.go)
//	Unread        a file that nobody could read: a finding as well (unread.go)
//
// It imports schema, plan and planner, touches neither files, clock nor databases, and names no
// engine. Start reading at gate.go.
package gate
