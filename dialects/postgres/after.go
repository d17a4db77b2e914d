package postgres

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// renamedIn gives a text of a table's, as the server or the user wrote it, when a column has another name: the
// definition of an index or a constraint, in parentheses, or an expression.
func renamedIn(text, from, to string) string {
	src := newSource(text)
	defines := len(src.tokens) > 0 && slices.Contains([]string{"create", "check", "unique", "primary", "exclude", "foreign", "on", "match"}, src.tokens[0].word)
	if src.skip(0, "not", "null") == 2 { // what is behind it is the column
		defines, src = false, src.from(2)
	}
	sign := func(i int) byte {
		if i < 0 || i >= len(src.tokens) {
			return 0
		}
		return src.tokens[i].punct
	}
	var b strings.Builder
	done := 0
	for i, t := range src.tokens {
		raw := text[t.start:t.end]
		named := t.word != "" && t.word == from || raw == quote(from)
		part := sign(i-1) == '.' || sign(i-1) == ':' || sign(i+1) == '(' || follows(src, i, "collate")
		if !named || part || defines && t.depth == 0 {
			continue
		}
		b.WriteString(text[done:t.start] + quote(to))
		done = t.end
	}
	return b.String() + text[done:]
}

// refers gives a foreign key's definition from its fields.
func refers(k schema.Constraint) string {
	k.Definition = ""
	return composeConstraint(k)
}
