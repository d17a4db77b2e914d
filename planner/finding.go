package planner

// Finding is a rule that fires: what a statement would do to others, and what to do instead.
// Field names are the contract of `check --format json`.
type Finding struct {
	Rule      string   `json:"rule"`
	Severity  Severity `json:"severity"`
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	EndLine   int      `json:"end_line"`
	EndColumn int      `json:"end_column"`
	Statement string   `json:"statement"`
	Table     string   `json:"table"`
	Message   string   `json:"message"`
	Instead   []string `json:"instead"`
	Blocks    Level    `json:"blocks"`
	Lock      string   `json:"lock"`
	HeldMS    *int64   `json:"held_ms"`
}

// RehearsalRule is the name of findings by which a rehearsal refuses a change.
const RehearsalRule = "rehearsal"

// found makes a finding about a change in a statement.
func found(st Statement, c Change, rule Rule, e NativeEffect, pieces []Step) *Finding {
	f := &Finding{
		Rule: rule.Name, Severity: Error,
		File: st.File, Line: st.Line, Column: st.Column, EndLine: st.EndLine, EndColumn: st.EndColumn,
		Statement: st.SQL, Table: c.Table().String(),
		Blocks: e.Blocks, Lock: e.Lock, HeldMS: e.HeldMS,
		Message: message(c, rule, e), Instead: []string{},
	}
	for _, s := range pieces {
		if s.Hold != "" {
			f.Instead = append(f.Instead, s.Hold)
		}
		if s.Walk == nil && s.Swap == nil && s.Feed == nil && len(s.SQL) == 1 {
			f.Instead = append(f.Instead, s.SQL[0])
		} else {
			f.Instead = append(f.Instead, s.Title)
		}
	}
	return f
}

// message says what happens, to whom, for how long.
func message(c Change, rule Rule, e NativeEffect) string {
	msg := c.Kind() + ": " + rule.Why
	if t := c.Table(); t.Table != "" {
		msg = c.Kind() + " on " + t.String() + ": " + rule.Why
	}
	if e.Long() && e.Most() >= BlocksWrites {
		who := "writes"
		if e.Most() == BlocksAll {
			who = "reads and writes"
		}
		msg += "; " + who + " wait"
		if e.HeldMS != nil {
			msg += " about " + Duration(*e.HeldMS)
		} else {
			msg += " for a time that grows with the table"
		}
		for _, l := range e.Also {
			if l.Blocks >= BlocksWrites {
				msg += ", also on " + l.Table
			}
		}
	}
	return msg
}
