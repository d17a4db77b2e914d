package postgres

import "testing"

func TestSaysNotNull(t *testing.T) {
	for expr, want := range map[string]bool{
		"a IS NOT NULL": true, "((a IS NOT NULL))": true, "(a IS NOT NULL) AND (b > 0)": true, "((b > 0) AND (c > 0) AND (a IS NOT NULL))": true,
		`"a" is not null`: true, "(b > 0) AND ((c > 0) AND (a IS NOT NULL))": true,
		"a > 0": false, "(a IS NOT NULL) OR (b > 0)": false, "(a IS NOT NULL) OR (b > 0) AND (a IS NOT NULL)": false, "NOT (a IS NOT NULL)": false,
		"b IS NOT NULL": false, "num_nonnulls(a) = 1": false, "": false, "a IS NULL": false, "((a IS NOT NULL) = true)": false,
	} {
		if got := saysNotNull(expr, "a"); got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}
