// Package proc runs the surefoot binary as a child process, the way an operator does: one that can
// be killed, watched, and asked afterwards how much memory and processor time it took.
//
// It imports load, for changes, and touches processes. Start reading at child.go.
package proc
