package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestPortraitDiff(t *testing.T) {
	was := []string{"grant: SELECT to bob", "grant: INSERT to bob", "column x: int", "column y: text", "owner: ann"}
	is := []string{"owner: ann", "grant: INSERT to bob", "grant: UPDATE to bob", "column x: bigint", "policy p: ALL", "column y: text"}
	want := []string{
		"column x: was int, is bigint", "grant: is new, UPDATE to bob", "grant: was SELECT to bob, is gone", "policy p: is new, ALL",
	}
	if got := PortraitDiff(was, is); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := PortraitDiff(was, []string{was[4], was[1], was[0], was[3], was[2]}); got != nil {
		t.Errorf("another order counts: %q", got)
	}
	if got := PortraitDiff([]string{"index i: on a", "index i: on a"}, []string{"index i: on a"}); len(got) != 1 {
		t.Errorf("lines are not counted: %q", got)
	}
	view := []string{"view v, kind: v", "view v, column a: int", "view v, grant: SELECT to bob"}
	if got := PortraitDiff(nil, view); !slices.Equal(got, []string{"view v: is new"}) {
		t.Errorf("%q", got)
	}
	if got := PortraitDiff(view, nil); !slices.Equal(got, []string{"view v: is gone"}) {
		t.Errorf("%q", got)
	}
	if got := PortraitDiff(view[:2], view); !slices.Equal(got, []string{"view v, grant: is new, SELECT to bob"}) {
		t.Errorf("%q", got)
	}
	long := strings.Repeat("é", 200)
	got := PortraitDiff([]string{"view v: " + long + "a" + long}, []string{"view v: " + long + "b" + long})
	if len(got) != 1 || len(got[0]) > 500 || !strings.Contains(got[0], "éa") || !strings.Contains(got[0], "éb") || strings.Contains(got[0], "\uFFFD") {
		t.Errorf("%q", got)
	}
}
