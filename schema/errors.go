package schema

import "fmt"

// SyntaxError is SQL that could not be read, with its place (1-based; 0: not known).
type SyntaxError struct {
	File    string
	Line    int
	Column  int
	Message string // the parser's or the server's own words
}

func (e *SyntaxError) Error() string {
	file := e.File
	if file == "" {
		file = "SQL"
	}
	return fmt.Sprintf("%s:%d:%d: cannot read the SQL: %s", file, e.Line, e.Column, e.Message)
}

// BadURL is a database address that cannot be used as it is written.
type BadURL struct{ Reason string }

func (e *BadURL) Error() string { return e.Reason }

// Rejected is the answer of a server that was asked about a statement and would not run it.
type Rejected struct {
	Answer string // its own words
}

func (e *Rejected) Error() string { return "the server refuses it: " + e.Answer }

// Refusal is a change that cannot be planned, and why.
type Refusal struct {
	Statement Statement
	Reasons   []string
}

func (e *Refusal) Error() string {
	msg := e.Reasons[0]
	for _, r := range e.Reasons[1:] {
		msg += "; " + r
	}
	if e.Statement.Line > 0 {
		file := e.Statement.File
		if file == "" {
			file = "SQL"
		}
		return fmt.Sprintf("%s:%d:%d: %s", file, e.Statement.Line, e.Statement.Column, msg)
	}
	return msg
}

// Unfit says why a plan is not rehearsed.
type Unfit struct{ Reason string }

func (e *Unfit) Error() string { return e.Reason }
