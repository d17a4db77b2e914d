package gate

import (
	"errors"
	"strings"

	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// Request is what is to be judged.
type Request struct {
	Statements []schema.Statement
	// Unread are the files that nobody could read.
	Unread []Unread
	// Comments may silence findings, until Today (YYYY-MM-DD).
	Comments []*Suppression
	Today    string
	Levels   Levels
	Have     *schema.Schema
	Dialect  planner.Dialect
	Options  planner.Options
	// Rehearse tries a plan on twins of the tables; nil: there is no server, or it is not wanted.
	Rehearse func(*plan.Plan, planner.Options) error
	// Words changes the texts of findings as people are to read them; nil: they stay.
	Words func([]*plan.Finding)
}

// Verdict is what a gate says. Findings is never nil.
type Verdict struct {
	Findings   []*plan.Finding
	Suppressed int // how many a comment silenced
}

// Fails says whether a finding is of a severity or above; an empty one: never.
func (v Verdict) Fails(from plan.Severity) bool {
	for _, f := range v.Findings {
		if from != "" && rank(f.Severity) >= rank(from) {
			return true
		}
	}
	return false
}

// Check asks which rules fire. The error says why nobody can tell.
func Check(r Request) (Verdict, error) {
	o := r.Options
	o.Gate = true
	have := r.Have
	if len(r.Unread) > 0 {
		have = have.Guessed()
	}
	p, err := planner.Build(r.Statements, have, r.Dialect, o)
	if err != nil {
		return Verdict{}, err
	}
	findings := p.Findings
	if r.Rehearse != nil {
		refused, err := r.refused()
		if err != nil {
			return Verdict{}, err
		}
		findings = append(findings, refused...)
	}
	for _, f := range findings {
		if len(f.Instead) == 0 && r.Have.Partial {
			f.Instead = []string{"the safe steps depend on the table: name its schema with --schema, --stats or --db"}
		}
	}
	for _, u := range r.Unread {
		findings = append(findings, u.finding())
	}
	if r.Words != nil {
		r.Words(findings)
	}
	v := Verdict{Findings: []*plan.Finding{}}
	kept, suppressed := suppress(r.Levels.grade(findings), r.Comments, r.Today)
	v.Findings, v.Suppressed = append(v.Findings, kept...), suppressed
	return v, nil
}

// refused gives a finding where a rehearsal refuses the change. What cannot be planned at all has its findings
// already.
func (r Request) refused() ([]*plan.Finding, error) {
	o := r.Options
	o.Gate = false
	p, err := planner.Build(r.Statements, r.Have, r.Dialect, o)
	if err != nil {
		return nil, nil //nolint:nilerr // the gate's own planning has said it
	}
	err = r.Rehearse(p, o)
	var refusal *schema.Refusal
	if !errors.As(err, &refusal) {
		return nil, err
	}
	st := refusal.Statement
	return []*plan.Finding{{
		Rule: rehearsalRule, Severity: plan.Error,
		Place:     plan.Place{File: st.File, Line: st.Line, Column: st.Column, EndLine: st.EndLine, EndColumn: st.EndColumn},
		Statement: st.SQL, Message: strings.Join(refusal.Reasons, "; "), Instead: []string{},
	}}, nil
}

// rehearsalRule is the name of findings by which a rehearsal refuses a change.
const rehearsalRule = "rehearsal"
