// Package rehearsal compares what a plan makes with what the server itself makes of the same
// statements, before anything is begun. It is the oracle: the road to a result is ours, the result
// is the server's.
//
// A Stage is a scratch place on the same server with twins of the tables that the change concerns:
// the same names, all that they own and that refers to them, and a bounded sample of rows. There
// three plays are given, each from the same start:
//
//	the native way   the user's statements as written, in their order
//	our way          every step of the plan, cut-over and finish included, with writes between
//	and back         the steps up to the cut-over, with writes, and their way back
//
// What the first two leave must be equal, and what the third leaves must be the start. What differs
// refuses the plan, in words. What could not be rehearsed is said, never passed over.
//
// It imports schema, plan, planner and executor, and names no engine. Start reading at rehearsal.go.
package rehearsal
