package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// ruleUnread is the finding of check about a file that could not be read.
const ruleUnread = "unread"

// unread is a file that could not be read, or SQL that nobody understood. It ends every command but
// check, for which it is a finding: what the other files do is told all the same.
type unread struct {
	file string
	err  error
}

// readFile reads a file of SQL. What went wrong is kept with its name.
func readFile(path, format string) text {
	name := filepath.ToSlash(path)
	b, err := os.ReadFile(path)
	switch {
	case err != nil:
		return text{file: name, err: readError(path, err)}
	case bytes.IndexByte(b, 0) >= 0: // no SQL holds one, and UTF-16 is full of them
		return text{file: name, err: fmt.Errorf("read %s: it is binary, or not in UTF-8", path)}
	}
	return upOnly(name, unmarked(b), format)
}

// unmarked gives a text without the mark that some editors put in front to say that it is UTF-8.
func unmarked(b []byte) string { return strings.TrimPrefix(string(b), "\ufeff") }

// ofTheText tells an error in the SQL from a server that is away.
func ofTheText(err error) bool {
	var (
		syntax  *schema.SyntaxError
		refusal *schema.Refusal
	)
	return errors.As(err, &syntax) || errors.As(err, &refusal)
}

// guessed is a schema of which not all is known: what an unread file makes, others may build on.
func guessed(s *schema.Schema) *schema.Schema {
	g := *s
	g.Partial = true
	return &g
}

// read are the texts that were understood.
func (c *change) read() []text {
	return slices.DeleteFunc(slices.Clone(c.texts), func(tx text) bool {
		return slices.ContainsFunc(c.unread, func(u unread) bool { return u.file == tx.file })
	})
}

// finding says it as check does, at its place.
func (u unread) finding() *plan.Finding {
	f := &plan.Finding{
		Rule: ruleUnread, Severity: plan.Error, File: u.file, Line: 1, Column: 1, Message: u.err.Error(),
		Instead: []string{"mend it or leave it out: nobody knows what its statements do"},
	}
	var (
		syntax  *schema.SyntaxError
		refusal *schema.Refusal
	)
	switch {
	case errors.As(u.err, &syntax):
		f.Line, f.Column, f.Message = syntax.Line, syntax.Column, "the SQL cannot be read: "+syntax.Message
		f.Blocks = plan.BlocksAll // as what is not known counts everywhere
	case errors.As(u.err, &refusal) && refusal.Statement.Line > 0:
		st := refusal.Statement
		f.Line, f.Column, f.Statement = st.Line, st.Column, st.SQL
		f.Message, f.Blocks = (&schema.Refusal{Reasons: refusal.Reasons}).Error(), plan.BlocksAll
	}
	f.EndLine, f.EndColumn = f.Line, f.Column
	return f
}
