package postgres

import (
	"slices"
	"strings"

	"surefoot/planner"
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
func (d *Dialect) Cast(c planner.ChangeType, s *planner.Schema) string {
	col := s.Table(c.Table()).Column(c.Column)
	if col == nil {
		return ""
	}
	from, to := parseType(col.Type), parseType(c.Type)
	if from.String() == to.String() {
		return ""
	}
	text := func(t datatype) bool {
		return !t.array && slices.Contains([]string{"text", "character varying", "character", "name", "citext"}, unqualified(t.base))
	}
	enum := func(t datatype) bool {
		return slices.ContainsFunc(s.Objects, func(o planner.Object) bool {
			return o.Kind == kindEnum && strings.ReplaceAll(o.Name, `"`, "") == t.base
		})
	}
	switch {
	case text(to), to.base == "name":
		return ""
	case text(from) && slices.Contains([]string{"bytea", "bit", "bit varying", `"char"`}, to.base):
		return "" // what is meant is not clear, and the server asks
	case text(from):
		return quote(c.Column) + "::" + c.Type
	case enum(from), enum(to):
		return quote(c.Column) + "::text::" + c.Type
	case from.array && to.array && from.base != to.base:
		return quote(c.Column) + "::text[]::" + c.Type
	case slices.Contains(explicitCasts[from.base], to.base):
		return quote(c.Column) + "::" + c.Type
	}
	return ""
}
