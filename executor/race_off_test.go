//go:build !race

package executor

const every = 1
