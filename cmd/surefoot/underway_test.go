package main

import (
	"testing"

	"surefoot/plan"
)

// The same change is known by its text, whatever stands between its statements.
func TestHoldsOnly(t *testing.T) {
	planned := []plan.Planned{{SQL: "ALTER TABLE a ADD b int"}, {SQL: "ALTER TABLE c ADD d text DEFAULT '-- no comment';"}}
	tests := []struct {
		name, text string
		want       bool
	}{
		{"as it was", "ALTER TABLE a ADD b int;\nALTER TABLE c ADD d text DEFAULT '-- no comment';\n", true},
		{"with comments", "-- first\nALTER TABLE a ADD b int;\n/* then */ ALTER TABLE c ADD d text DEFAULT '-- no comment'", true},
		{"one more statement", "ALTER TABLE a ADD b int; DROP TABLE a; ALTER TABLE c ADD d text DEFAULT '-- no comment';", false},
		{"one less", "ALTER TABLE a ADD b int;", false},
		{"another order", "ALTER TABLE c ADD d text DEFAULT '-- no comment'; ALTER TABLE a ADD b int;", false},
		{"more behind", "ALTER TABLE a ADD b int; ALTER TABLE c ADD d text DEFAULT '-- no comment'; DROP TABLE a", false},
		{"nothing", "", false},
	}
	for _, test := range tests {
		if got := holdsOnly(test.text, planned); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if holdsOnly("", nil) {
		t.Error("a plan without statements is no plan of an empty text")
	}
}
