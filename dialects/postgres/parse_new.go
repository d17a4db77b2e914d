package postgres

import (
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"
)

// readTree parses a text. The grammar is PostgreSQL 17's; what 18 added is tried again after
// replacing it by text of the same length, so that every offset stays right. The mapping reads
// the user's own text at these places, never the replacement.
func readTree(text string, src source) (*pgquery.ParseResult, int, error) {
	tree, at, err := parseTree(text)
	if err == nil {
		return tree, 0, nil
	}
	older := replaceNew(text, src)
	if older == text {
		return nil, at, err
	}
	tree, again, err2 := parseTree(older)
	if err2 != nil {
		if again > at {
			return nil, again, err2
		}
		return nil, at, err
	}
	return tree, 0, nil
}

// replaceNew rewrites what PostgreSQL 18 added:
//
//	ADD [CONSTRAINT n] NOT NULL c [NOT VALID]   →  CHECK(c)
//	… NOT ENFORCED, … ENFORCED                  →  (blank)
//	GENERATED ALWAYS AS (…) VIRTUAL             →  GENERATED ALWAYS AS (…) STORED
//	GENERATED ALWAYS AS (…)                     →  CHECK (…)
//	… c WITHOUT OVERLAPS, PERIOD c              →  c
//	RETURNING WITH (OLD AS o, NEW AS n) …       →  RETURNING …
func replaceNew(text string, src source) string {
	out := []byte(text)
	put := func(from, to int, with string) {
		copy(out[from:to], with+strings.Repeat(" ", to-from-len(with)))
	}
	blank := func(i, j int) { put(src.tokens[i].start, src.tokens[j].end, "") }
	is := func(i int, words ...string) bool { return i >= 0 && src.skip(i, words...) == i+len(words) }
	punct := func(i int, c byte) bool { return i >= 0 && i < len(src.tokens) && src.tokens[i].punct == c }
	for i, t := range src.tokens {
		switch {
		case is(i, "not", "enforced"):
			blank(i, i+1)
		case t.word == "enforced" && !is(i-1, "not"):
			blank(i, i)
		case t.word == "virtual" && punct(i-1, ')'):
			put(t.start, t.end, "STORED")
		case punct(i, ')') && isGenerated(src, i) && !is(i+1, "stored") && !is(i+1, "virtual"):
			virtualByDefault(out, src, i)
		case is(i, "without", "overlaps"):
			blank(i, i+1)
		case t.word == "period" && (punct(i-1, ',') || punct(i-1, '(')) && !punct(i+1, ',') && !punct(i+1, ')'):
			blank(i, i)
		case is(i, "returning", "with") && punct(i+2, '('):
			for j := i + 3; j < len(src.tokens); j++ {
				if punct(j, ')') && src.tokens[j].depth == src.tokens[i+2].depth {
					blank(i+1, j)
					break
				}
			}
		case is(i, "not", "null") && startsConstraint(src, i) && i+2 < len(src.tokens):
			name := src.tokens[i+2]
			put(t.start, name.end, "CHECK("+text[name.start:name.end]+")")
			if is(i+3, "not", "valid") {
				blank(i+3, i+4)
			}
		}
	}
	return string(out)
}

// withoutOverlaps says that a key is one over ranges.
func withoutOverlaps(body source) bool {
	for i := range body.tokens {
		if body.skip(i, "without", "overlaps") > i {
			return true
		}
	}
	return false
}

// isGenerated says whether the closing parenthesis at i ends GENERATED ALWAYS AS (…).
func isGenerated(src source, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if src.tokens[j].punct == '(' && src.tokens[j].depth == src.tokens[i].depth {
			return j >= 3 && src.skip(j-3, "generated", "always", "as") == j
		}
	}
	return false
}

// virtualByDefault makes GENERATED ALWAYS AS (…) without a word readable: 17 demands STORED, for which
// there is no room, so that it reads CHECK (…). The mapping sees the user's text, and knows it by that.
func virtualByDefault(out []byte, src source, i int) {
	for j := i - 1; j >= 0; j-- {
		if src.tokens[j].punct == '(' && src.tokens[j].depth == src.tokens[i].depth {
			from, to := src.tokens[j-3].start, src.tokens[i].end
			copy(out[from:to], "CHECK"+strings.Repeat(" ", src.tokens[j].start-from-5))
			return
		}
	}
}

// startsConstraint says whether NOT NULL at i begins a table constraint: behind ADD or behind
// CONSTRAINT name.
func startsConstraint(src source, i int) bool {
	if i > 0 && src.tokens[i-1].word == "add" {
		return true
	}
	return i > 2 && src.tokens[i-2].word == "constraint" && (src.tokens[i-3].word == "add" || src.tokens[i-3].punct == ',' || src.tokens[i-3].punct == '(')
}

// notNullConstraint reads [CONSTRAINT n] NOT NULL c [NOT VALID] as a table constraint.
func notNullConstraint(body source) (column string, notValid, ok bool) {
	i := body.skip(0, "constraint")
	if i > 0 {
		i++
	}
	j := body.skip(i, "not", "null")
	if j == i || j >= len(body.tokens) {
		return "", false, false
	}
	return identifier(body.text[body.tokens[j].start:body.tokens[j].end]), body.skip(j+1, "not", "valid") > j+1, true
}

// identifier reads one identifier as the server does: unquoted ones fold to lower case.
func identifier(s string) string {
	if strings.HasPrefix(s, `"`) && len(s) > 1 {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return strings.ToLower(s)
}
