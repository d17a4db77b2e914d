package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A portrait is the complete description of a table and of what refers to it: lines such as
// "column a: bigint not null" or "grant: SELECT to bob", in any order. What stands before the first
// ": " names the thing; several lines may have one name.

// PortraitDiff says in words how a portrait differs from an earlier one; empty: it does not.
func PortraitDiff(was, is []string) []string {
	gone, come := without(was, is), without(is, was)
	var out []string
	for _, thing := range whole(gone, is) {
		gone = slices.DeleteFunc(gone, func(l string) bool { return strings.HasPrefix(l, thing+", ") })
		out = append(out, thing+": is gone")
	}
	for _, thing := range whole(come, was) {
		come = slices.DeleteFunc(come, func(l string) bool { return strings.HasPrefix(l, thing+", ") })
		out = append(out, thing+": is new")
	}
	for _, line := range gone {
		name, old := labelled(line)
		i := slices.IndexFunc(come, func(l string) bool { n, _ := labelled(l); return n == name })
		several := func(l string) bool { n, _ := labelled(l); return n == name && l != line }
		if i < 0 || slices.ContainsFunc(was, several) || slices.ContainsFunc(is, func(l string) bool { return several(l) && l != come[i] }) {
			out = append(out, fmt.Sprintf("%s: was %s, is gone", name, old))
			continue
		}
		_, now := labelled(come[i])
		come = slices.Delete(come, i, i+1)
		old, now = around(old, now)
		out = append(out, fmt.Sprintf("%s: was %s, is %s", name, old, now))
	}
	for _, line := range come {
		name, now := labelled(line)
		out = append(out, fmt.Sprintf("%s: is new, %s", name, now))
	}
	slices.Sort(out)
	return out
}

// few is up to how many lines of one thing are told by themselves where all of it came or went.
const few = 2

// whole gives the things ("view v" of "view v, column a: …") that have lines in some and none in others.
func whole(some, others []string) []string {
	count := func(lines []string) map[string]int {
		n := map[string]int{}
		for _, line := range lines {
			name, _ := labelled(line)
			if thing, _, part := strings.Cut(name, ", "); part {
				n[thing]++
			}
		}
		return n
	}
	var out []string
	rest := count(others)
	for thing, n := range count(some) {
		if n > few && rest[thing] == 0 {
			out = append(out, thing)
		}
	}
	return out
}

// without gives the lines of a that b has not, each as often as a has it more often.
func without(a, b []string) []string {
	rest := map[string]int{}
	for _, line := range b {
		rest[line]++
	}
	var out []string
	for _, line := range a {
		if rest[line] > 0 {
			rest[line]--
			continue
		}
		out = append(out, line)
	}
	return out
}

func labelled(line string) (name, rest string) {
	name, rest, _ = strings.Cut(line, ": ")
	return name, rest
}

// longest is how much of a text is shown whole, in bytes; nearby is how much is shown of a longer
// one on either side of the first place that differs.
const (
	longest = 200
	nearby  = 80
)

// around cuts two long texts to what stands about the first place where they differ.
func around(a, b string) (shortA, shortB string) {
	if len(a) <= longest && len(b) <= longest {
		return a, b
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	return excerpt(a, at), excerpt(b, at)
}

func excerpt(s string, at int) string {
	from, to := max(0, at-nearby), min(len(s), at+nearby)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	text := s[from:to]
	if from > 0 {
		text = "…" + text
	}
	if to < len(s) {
		text += "…"
	}
	return text
}
