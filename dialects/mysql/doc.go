// Package mysql is the dialect of MySQL 8.0 and later and of MariaDB 10.6 and later: one dialect
// with two flavors, because most of the language is shared and the facts differ by version anyway.
//
//	parse*.go            SQL text to changes, beside TiDB's grammar
//	facts*.go, effect*.go  what a change does to others, a row of the table for each sort and server
//	script*.go, clause.go  SQL, proof (proof*.go) and way back (undo*.go) of a change
//	copy*.go             the parts of a table copy
//	live_*.go, portrait.go, rights.go   what a live server is asked
//	stage*.go            twins of tables, for the rehearsal
//
// It imports schema and plan, its driver and its grammar, and no other engine. Start reading at
// fact_table.go, then script.go.
package mysql
