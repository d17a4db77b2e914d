// Package sqlite is the SQLite dialect: it reads SQL by running it on a copy of the schema in
// memory, knows what each change does to others, and scripts it.
//
// SQLite has one writer at a time for the whole file, so every change blocks other writers while
// it runs; in WAL mode readers go on. What matters is for how long: a change of the schema's text
// takes a moment, whatever touches rows or builds an index grows with the table.
//
//	parse*.go            SQL text to changes
//	effect.go            what a change does to others
//	script.go, native.go, edit.go, rebuild.go   SQL, proof and way back of a change
//	copy.go, copy_capture.go, copy_verify.go, copy_cutover.go     the parts of a table copy
//	stage*.go            twins of tables, for the rehearsal
//
// It imports schema and plan, its driver, and no other engine. Start reading at effect.go, then
// script.go.
package sqlite
