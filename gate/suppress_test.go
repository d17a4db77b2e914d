package gate

import (
	"fmt"
	"strings"
	"testing"

	"surefoot/plan"
)

func TestSuppress(t *testing.T) {
	for _, tc := range []struct {
		name, text, want string
	}{
		{"silenced", "-- surefoot:ignore change-type empty until launch\nALTER", "1 suppressed"},
		{"until a later day", "-- surefoot:ignore change-type until=2027-01-31 empty\nALTER", "1 suppressed"},
		{"expired", "-- surefoot:ignore change-type until=2026-01-31 empty\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore change-type expired on 2026-01-31; 2 change-type found"},
		{"no reason", "-- surefoot:ignore change-type\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore change-type gives no reason, so it silences nothing; 2 change-type found"},
		{"another rule", "-- surefoot:ignore add-index small\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore add-index silences nothing; 2 change-type found"},
		{"no such rule", "-- surefoot:ignore chnge-type small\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore names no rule: chnge-type; 2 change-type found"},
		{"a rule about whole statements", "-- surefoot:ignore several-clauses small\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore several-clauses silences nothing; 2 change-type found"},
		{"a rarer kind", "-- surefoot:ignore set-identity small\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore set-identity silences nothing; 2 change-type found"},
		{"too far above", "-- surefoot:ignore change-type small\n\nALTER", "0 suppressed; 1 unused-suppression surefoot:ignore change-type silences nothing; 3 change-type found"},
		{"two comments", "-- surefoot:ignore change-type small\n-- surefoot:ignore add-index small\nALTER", "1 suppressed; 2 unused-suppression surefoot:ignore add-index silences nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			line := strings.Count(tc.text, "\n") + 1
			kept, n := suppress([]*plan.Finding{{Rule: "change-type", Place: plan.Place{File: "f", Line: line}, Message: "found"}}, Suppressions("f", tc.text), "2026-11-23")
			got := fmt.Sprintf("%d suppressed", n)
			for _, f := range kept {
				got += fmt.Sprintf("; %d %s %s", f.Line, f.Rule, f.Message)
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
