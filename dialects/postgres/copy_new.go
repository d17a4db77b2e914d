package postgres

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// otherTypes are types of the server's own whose values are not told apart by equality alone. One of a user's
// may be a domain, which has a default of its own.
var otherTypes = []string{"numeric", "real", "double precision", "character", "json", "jsonb", "interval", "inet", "cidr"}

// givenColumns are the columns that are new and that the server gave one value in every row, each with
// this value for the comparison. What a default of a time or of chance gave is not known.
func (c *copied) givenColumns() []schema.Mapping {
	var out []schema.Mapping
	for _, m := range c.Columns {
		if m.From != "" || m.Using != "" {
			continue
		}
		for _, clause := range c.Clauses {
			add, ok := clause.(schema.AddColumn)
			if !ok || add.Column.Name != m.To || add.Column.Generated != "" || add.Column.Identity != "" {
				continue
			}
			m.Type, m.Using = add.Column.Type, add.Column.Default
			if m.Using == "" && (slices.Contains(sameIfEqual, parseType(m.Type).base) || slices.Contains(otherTypes, parseType(m.Type).base)) {
				m.Using = "NULL"
			}
			if constant(m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// constant says that a value is a literal, or a cast one. Words like 'now' mean another time at each reading.
func constant(m schema.Mapping) bool {
	if kind := strings.ToLower(m.Type); strings.Contains(kind, "date") || strings.Contains(kind, "time") || strings.Contains(kind, "serial") {
		return strings.EqualFold(m.Using, "NULL")
	}
	src := newSource(m.Using)
	if slices.ContainsFunc(src.tokens, func(t token) bool { return t.punct == '(' }) {
		return false
	}
	for i, t := range src.tokens {
		name := t.word != "" || src.text[t.start] == '"'
		if name && t.word != "null" && t.word != "true" && t.word != "false" && (i < 2 || src.tokens[i-1].punct != ':' && src.tokens[i-1].word == "") {
			return false
		}
	}
	return len(src.tokens) > 0
}
