package rehearsal

import (
	"slices"
	"strings"
)

// differences gives the lines that only one of two pictures has. Lines may come in any order and
// count as often as they stand there.
func differences(want, got []string) []string {
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

// meant says that a line may be there in one picture alone. All that is meant stands here, each with
// its reason.
func meant(string) bool { return false }
