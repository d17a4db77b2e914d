package gate

import (
	"errors"

	"surefoot/plan"
	"surefoot/schema"
)

// unreadRule is the name of findings about files that could not be read.
const unreadRule = "unread"

// Unread is a file that could not be read, or SQL that nobody understood.
type Unread struct {
	File string
	Err  error
}

// finding says it at its place.
func (u Unread) finding() *plan.Finding {
	f := &plan.Finding{
		Rule: unreadRule, Severity: plan.Error, Place: plan.Place{File: u.File, Line: 1, Column: 1}, Message: u.Err.Error(),
		Instead: []string{"mend it or leave it out: nobody knows what its statements do"},
	}
	var (
		syntax  *schema.SyntaxError
		refusal *schema.Refusal
	)
	switch {
	case errors.As(u.Err, &syntax):
		f.Line, f.Column, f.Message = syntax.Line, syntax.Column, "the SQL cannot be read: "+syntax.Message
		f.Blocks = plan.BlocksAll // as what is not known counts everywhere
	case errors.As(u.Err, &refusal) && refusal.Statement.Line > 0:
		st := refusal.Statement
		f.Line, f.Column, f.Statement = st.Line, st.Column, st.SQL
		f.Message, f.Blocks = (&schema.Refusal{Reasons: refusal.Reasons}).Error(), plan.BlocksAll
	}
	f.EndLine, f.EndColumn = f.Line, f.Column
	return f
}
