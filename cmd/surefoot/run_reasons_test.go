package main

import (
	"testing"

	"surefoot/plan"
)

// TestUnsafeReasonsPlace: a part that follows from a wanted schema has no line, and none is said.
func TestUnsafeReasonsPlace(t *testing.T) {
	p := &plan.Plan{Findings: []*plan.Finding{
		{Severity: plan.Error, Place: plan.Place{File: "to.sql"}, Message: "a"},
		{Severity: plan.Error, Place: plan.Place{Line: 2, Column: 3}, Message: "b"},
	}}
	if got, want := unsafeReasons(p), "\nto.sql: a\nSQL:2:3: b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
