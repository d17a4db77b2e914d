// Package proc runs the surefoot binary as a child process, the way an operator does: one that can
// be killed, watched, and asked afterwards how much memory and processor time it took.
package proc
