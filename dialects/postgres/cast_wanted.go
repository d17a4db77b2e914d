package postgres

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// explicitCasts are the conversions between the server's own types that it makes only when it is told
// to (pg_cast, castcontext e).
var explicitCasts = map[string][]string{
	"boolean": {"integer"},
	"integer": {"boolean", "bit", `"char"`},
	"bigint":  {"bit"},
	"bit":     {"integer", "bigint"},
	"jsonb":   {"boolean", "numeric", "smallint", "integer", "bigint", "real", "double precision"},
	`"char"`:  {"integer"},
}

// Cast gives the expression for a change of type that nobody wrote: where the server would not convert
// values by itself, an explicit cast, which fails for a value that does not fit. Where it would, none:
// an explicit cast cuts a text that is too long, and its own does not.
func (d *Dialect) Cast(c schema.ChangeType, s *schema.Schema) string {
	col := s.Table(c.Table()).Column(c.Column)
	if col == nil {
		return ""
	}
	enum := func(t datatype) bool {
		return slices.ContainsFunc(s.Objects, func(o schema.Object) bool {
			return o.Kind == kindEnum && strings.ReplaceAll(o.Name, `"`, "") == t.base
		})
	}
	if cast := castBetween(parseType(col.Type), parseType(c.Type), enum); cast != "" {
		return quote(c.Column) + cast + c.Type
	}
	return ""
}

// castBetween gives what stands between a column and the type that it is cast to, where the server asks for a
// cast; empty: it does not, or it is not clear what is meant.
func castBetween(from, to datatype, enum func(datatype) bool) string {
	text := func(t datatype) bool {
		return !t.array && slices.Contains([]string{"text", "character varying", "character", "name", "citext"}, unqualified(t.base))
	}
	switch {
	case from.String() == to.String(), text(to), to.base == "name":
		return ""
	case text(from) && slices.Contains([]string{"bytea", "bit", "bit varying", `"char"`}, to.base):
		return "" // the server asks what is meant
	case text(from):
		return "::"
	case enum(from), enum(to):
		return "::text::"
	case from.array && to.array && from.base != to.base:
		return "::text[]::"
	case slices.Contains(explicitCasts[from.base], to.base):
		return "::"
	}
	return ""
}
