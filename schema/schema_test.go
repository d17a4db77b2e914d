package schema

import "testing"

// What is about no table has no name: two runs that are about none do not share one.
func TestNoTableHasNoName(t *testing.T) {
	for name, want := range map[Name]string{{Table: "t"}: "t", {Schema: "s", Table: "t"}: "s.t", {Schema: "s"}: "", {}: ""} {
		if got := name.String(); got != want {
			t.Errorf("%#v: %q, want %q", name, got, want)
		}
	}
}
