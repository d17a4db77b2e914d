package planner

import (
	"surefoot/plan"
	"surefoot/schema"
)

// found makes a finding about a change in a statement.
func found(st schema.Statement, c schema.Change, rule Rule, e plan.NativeEffect, pieces []plan.Step) *plan.Finding {
	f := &plan.Finding{
		Rule: rule.Name, Severity: plan.Error,
		Place:     plan.Place{File: st.File, Line: st.Line, Column: st.Column, EndLine: st.EndLine, EndColumn: st.EndColumn},
		Statement: st.SQL, Table: c.Table().String(),
		Blocks: e.Blocks, Lock: e.Lock, HeldMS: e.HeldMS,
		Message: message(c, rule, e), Instead: []string{},
	}
	for _, s := range pieces {
		if s.Hold != "" {
			f.Instead = append(f.Instead, s.Hold)
		}
		if s.Walk == nil && s.CutOver == nil && s.Capture == nil && len(s.SQL) == 1 {
			f.Instead = append(f.Instead, s.SQL[0])
		} else {
			f.Instead = append(f.Instead, s.Title)
		}
	}
	return f
}

// message says what happens, to whom, for how long.
func message(c schema.Change, rule Rule, e plan.NativeEffect) string {
	msg := c.Kind() + ": " + rule.Why
	if t := c.Table(); t.Table != "" {
		msg = c.Kind() + " on " + t.String() + ": " + rule.Why
	}
	if e.Long() && e.Most() >= plan.BlocksWrites {
		who := "writes"
		if e.Most() == plan.BlocksAll {
			who = "reads and writes"
		}
		msg += "; " + who + " wait"
		if e.HeldMS != nil {
			msg += " about " + plan.Duration(*e.HeldMS)
		} else {
			msg += " for a time that grows with the table"
		}
		for _, l := range e.Also {
			if l.Blocks >= plan.BlocksWrites {
				msg += ", also on " + l.Table
			}
		}
	}
	return msg
}
