package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The exit codes; pipelines stand on them.
const (
	exitDone     = 0
	exitFailed   = 1
	exitFindings = 2 // check found something, plan --exit-code has changes
	exitStopped  = 3 // stopped on purpose, can be continued
	exitDrift    = 4 // the database is not the one that was planned for
	exitUsage    = 64
)

var (
	errInterrupted = errors.New("stopped")
	// errQuiet ends a command with its exit code and nothing more to say.
	errQuiet = errors.New("")
)

// usageError is a command line that makes no sense.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// exit is an error with its exit code and hint.
type exit struct {
	code int
	err  error
	hint string
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

func exitWith(code int, err error, hint string) error {
	return &exit{code: code, err: err, hint: hint}
}

// quietly ends with a code and prints nothing: all was said.
func quietly(code int) error { return exitWith(code, errQuiet, "") }

// report prints an error as "error:" and "hint:" lines and gives the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	code, hint := judge(err)
	if msg := err.Error(); msg != "" {
		_, _ = fmt.Fprintln(w, "error: "+indent(msg, "       "))
	}
	if hint != "" {
		_, _ = fmt.Fprintln(w, "hint:  "+indent(hint, "       "))
	}
	return code
}

func indent(s, by string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}
