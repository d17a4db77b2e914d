// Package render writes plans, findings, comparisons and the state of runs for people and for
// pipelines. It writes to what it is given and decides nothing.
//
//	Plan, Check, Compare, Status, Doctor   one function for each answer, in every format that it has
//
// It imports what it prints and writes to the writer that it is given. Start reading at plan.go.
package render
