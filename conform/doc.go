// Package conform is the conformance suite that every engine's dialect runs on real servers.
// It knows no engine: an engine's tests describe themselves by an Engine and call
//
//	Facts(t, engine, cases)    what the table says of a statement, what the probe says and what
//	                           was measured must be the same
//	Changes(t, engine, cases)  the safe plan of a change leaves the same definition and the same
//	                           rows as the plan of a window, nothing is left behind, and a run
//	                           that is rolled back after any of its steps leaves the original
//	Renames(t, engine, cases)  a column that stands in indexes is renamed while applications write
//	                           by the old name and then by the new one; processes are killed at
//	                           every point of the run and of its rollback
//	Live(t, engine, cases)     a table is changed while writers write to it; the run is killed at
//	                           random moments and resumed; every acknowledged write is in the
//	                           result, which equals what the window's plan makes of the same rows
//	Victim(engine)             to be called first in TestMain: in a process that is to be killed it
//	                           runs the plan and does not return
//
// It imports planner, executor and load, talks to real servers (conform/servers) and kills processes of its own. Start reading at
// conform.go.
package conform
