package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// env is what a command may touch of the process around it.
type env struct {
	in       io.Reader
	out      io.Writer // results
	err      io.Writer // progress, questions, errors and hints
	lookup   func(name string) (string, bool)
	now      func() time.Time
	outTTY   bool // results go to a terminal
	errTTY   bool // progress goes to a terminal
	canAsk   bool // somebody is there to answer a question
	outWidth int  // columns of the terminal; 0: not a terminal
	errWidth int
	config   config
}

func processEnv() *env {
	e := &env{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		lookup: os.LookupEnv, now: time.Now,
		outTTY: isTerminal(os.Stdout), errTTY: isTerminal(os.Stderr),
	}
	e.canAsk = e.errTTY && isTerminal(os.Stdin)
	if e.errTTY {
		e.errWidth = terminalWidth(os.Stderr)
	}
	if e.outTTY {
		e.outWidth = terminalWidth(os.Stdout)
	}
	return e
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// terminalWidth gives the terminal's columns; a terminal that does not say has the usual 100.
func terminalWidth(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 100
	}
	return width
}

// colours says whether results may carry escape sequences (https://no-color.org).
func (e *env) colours() bool {
	if v, ok := e.lookup("NO_COLOR"); ok && v != "" {
		return false
	}
	if v, _ := e.lookup("TERM"); v == "dumb" {
		return false
	}
	return e.outTTY
}

// get gives an environment variable, empty when it is not set.
func (e *env) get(name string) string {
	v, _ := e.lookup(name)
	return v
}
