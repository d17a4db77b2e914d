//go:build race

package executor

// The race detector makes everything ten times slower: it sees every third point.
const every = 3
