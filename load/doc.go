// Package load writes to a live table from several connections and remembers
// every write that the server acknowledged, so that after an online change it
// can be proved that each of them is in the result.
//
// Every row is a function of a number. A seeded row follows from its index, so
// nothing is remembered for rows that no writer touched. Each writer owns a
// block of indices, and with it all keys derived from them: no two writers ever
// touch the same key, so the expected state of a key is exact.
//
// A write has three outcomes. Acknowledged: the new state is expected.
// Refused or rolled back: the old one. Unknown, because the connection was lost
// in the statement or the commit: either one, decided by reading the row again.
//
// It imports drivers and nothing of the product, and touches databases and its journal's file. Start reading
// at load.go.
package load
