package gate

import (
	"fmt"
	"maps"
	"slices"

	"surefoot/plan"
)

// off is the level of a rule that does not speak.
const off = "off"

// Levels is the severity of a team's own for a rule: note, warning, error or off.
type Levels map[string]string

// Check says which level is none.
func (l Levels) Check() error {
	for _, rule := range slices.Sorted(maps.Keys(l)) {
		if level := l[rule]; level != off && rank(plan.Severity(level)) == 0 {
			return fmt.Errorf("rules: %s: %q is not one of off, note, warning, error", rule, level)
		}
	}
	return nil
}

// grade gives findings their severity, without those that are off.
func (l Levels) grade(findings []*plan.Finding) []*plan.Finding {
	var kept []*plan.Finding
	for _, f := range findings {
		level := l[f.Rule]
		if level == off {
			continue
		}
		if level != "" {
			f.Severity = plan.Severity(level)
		}
		kept = append(kept, f)
	}
	return kept
}

// rank orders severities; 0 is none of them.
func rank(s plan.Severity) int {
	return map[plan.Severity]int{plan.Note: 1, plan.Warning: 2, plan.Error: 3}[s]
}
