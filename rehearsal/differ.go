package rehearsal

import (
	"fmt"
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

// mostShown bounds the differences that are shown.
const mostShown = 6

func (r Request) compare(what string, want, got picture) error {
	got = got.ahead(want)
	lines := append(differences(want.definition, got.definition), differences(want.lines(), got.lines())...)
	if len(lines) == 0 {
		return nil
	}
	more := ""
	if n := len(lines) - mostShown; n > 0 {
		lines, more = lines[:mostShown], fmt.Sprintf("\nand %d more", n)
	}
	return r.deviates(what + ":\n" + r.back(strings.Join(lines, "\n")) + more)
}
