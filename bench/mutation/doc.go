// Package mutation breaks the program on purpose, one place at a time, and expects the rehearsal of
// a plan to stop it. The list is testdata/mutations:
//
//	ENGINE/scenes/NAME.txt   a setup and a change that the whole program rehearses well
//	ENGINE/NAME.txt          what is broken in words, the scene that meets it, the file, the old text
//	                         and the new
//	results.txt              which check of the rehearsal stops each
//
// `make mutation` runs it; with -update the test writes the table.
//
// It may import anything, and builds the program anew for each. Start reading at mutation_test.go.
package mutation
