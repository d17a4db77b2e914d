package rehearsal

import (
	"slices"
	"strings"

	"surefoot/planner"
)

// differences gives the lines that only one of two pictures has. Lines may come in any order and
// count as often as they stand there.
func differences(want, got []string, meant func(line string) bool) []string {
	count := map[string]int{}
	for _, l := range want {
		if !meant(l) {
			count[l]++
		}
	}
	for _, l := range got {
		if !meant(l) {
			count[l]--
		}
	}
	var out []string
	for l, n := range count {
		for ; n > 0; n-- {
			out = append(out, "  the server: "+l)
		}
		for ; n < 0; n++ {
			out = append(out, "  the plan:   "+l)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(a[len("  the plan:   "):], b[len("  the plan:   "):]) })
	return out
}

// All that may differ stands here, each with its reason.

// nothing may differ on the way there: the plan makes what the server makes.
func nothing(string) bool { return false }

// orderOfKeys may differ on the way back: an index that was dropped comes back behind the others,
// and no statement puts it elsewhere.
func orderOfKeys(line string) bool { return strings.HasPrefix(line, planner.OrderOfKeys) }
