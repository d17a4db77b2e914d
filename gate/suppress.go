package gate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// Suppression is a comment that silences a rule for the statement on the next line:
//
//	-- surefoot:ignore change-type until=2027-01-31 table is empty until launch
type Suppression struct {
	File   string
	Line   int
	Rule   string
	Until  string // a date, YYYY-MM-DD; empty: for ever
	Reason string
	used   bool
}

var ignoreComment = regexp.MustCompile(`^\s*(?:--|#|/\*)\s*surefoot:ignore\s+(\S+)(.*?)(?:\*/)?\s*$`)

// Suppressions reads the comments of a file.
func Suppressions(file, text string) []*Suppression {
	var all []*Suppression
	for i, line := range strings.Split(text, "\n") {
		m := ignoreComment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		s := &Suppression{File: file, Line: i + 1, Rule: m[1]}
		for _, word := range strings.Fields(m[2]) {
			if date, ok := strings.CutPrefix(word, "until="); ok {
				s.Until = date
				continue
			}
			s.Reason = strings.TrimSpace(s.Reason + " " + word)
		}
		all = append(all, s)
	}
	return all
}

// suppress takes away the findings that comments silence and says how many. Comments that silence
// nothing, have expired (today is YYYY-MM-DD), give no reason or name no rule become findings.
func suppress(findings []*plan.Finding, all []*Suppression, today string) (kept []*plan.Finding, suppressed int) {
	for _, f := range findings {
		if s := silencer(f, all, today); s != nil {
			s.used = true
			suppressed++
			continue
		}
		kept = append(kept, f)
	}
	for _, s := range all {
		if msg := s.fault(today); msg != "" {
			kept = append(kept, &plan.Finding{
				Rule: "unused-suppression", Severity: plan.Warning,
				Place:   plan.Place{File: s.File, Line: s.Line, Column: 1, EndLine: s.Line, EndColumn: 1},
				Message: msg, Instead: []string{"remove or mend the comment"},
			})
		}
	}
	slices.SortStableFunc(kept, func(a, b *plan.Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return kept, suppressed
}

func silencer(f *plan.Finding, all []*Suppression, today string) *Suppression {
	for _, s := range all {
		above := f.Line - 1
		for _, o := range all { // several comments may stand above one statement
			if o.File == s.File && o.Line == above && o != s {
				above--
			}
		}
		near := s.File == f.File && s.Line >= above && s.Line < f.Line
		if near && s.Rule == f.Rule && s.Reason != "" && !s.expired(today) {
			return s
		}
	}
	return nil
}

func (s *Suppression) expired(today string) bool { return s.Until != "" && s.Until < today }

func (s *Suppression) fault(today string) string {
	switch {
	case !knownRule(s.Rule):
		return fmt.Sprintf("surefoot:ignore names no rule: %s", s.Rule)
	case s.Reason == "":
		return fmt.Sprintf("surefoot:ignore %s gives no reason, so it silences nothing", s.Rule)
	case s.expired(today):
		return fmt.Sprintf("surefoot:ignore %s expired on %s", s.Rule, s.Until)
	case !s.used:
		return fmt.Sprintf("surefoot:ignore %s silences nothing", s.Rule)
	}
	return ""
}

// knownRule says whether findings can carry this name: rules and kinds of changes.
func knownRule(name string) bool {
	return slices.Contains(schema.Kinds(), name) || planner.IsRule(name) || name == rehearsalRule || name == unreadRule
}
