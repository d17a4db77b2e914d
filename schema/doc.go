// Package schema has the nouns: what is in a database, what shall be, and the changes that lead from
// one to the other.
//
//	Schema, Table, Column, Index, Constraint   what is (schema.go)
//	Change                                     one thing that is to happen (change.go)
//	Apply                                      the schema after a change (apply.go)
//	Diff                                       the changes from one schema to another (diff*.go)
//	Copy, Mapping                              which column of a new table comes from where (mapping.go)
//	Refusal, SyntaxError, Rejected, Unfit      why something cannot be done (errors.go)
//
// Several clauses of one statement see the table as it was (together.go). What a change leaves
// unknown of a table is marked on it (stale.go), so that nobody copies what was not read.
//
// It imports the standard library alone, touches neither files nor databases, and names no engine:
// facts come from a dialect as data. Start reading at schema.go and change.go.
package schema
