// Package cases runs small inputs on real servers through the built program, and judges what it
// leaves by what the server itself makes of the native statements. It holds tests alone:
//
//	TestCases                   the files of testdata/cases, each of which stands for a kind of fault
//	TestOthersChangesMeanwhile  what somebody else does to a table while a run is held
//	TestGenerated               tables and changes made at random
//
// testdata/cases/known.txt names those that are not right yet. A line whose case is right fails the
// test, so the list only gets shorter.
//
// They may import anything, and talk to real servers. Start reading at cases_test.go.
package cases
