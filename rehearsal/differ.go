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
		count[l]++
	}
	for _, l := range got {
		count[l]--
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

// lines gives the rows as lines.
func (p picture) lines() []string {
	out := make([]string, len(p.rows))
	for i, row := range p.rows {
		out[i] = row[0] + ": " + strings.Join(row[1:], ", ")
	}
	return out
}
