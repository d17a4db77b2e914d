package postgres

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// relabels are pairs of types whose values are stored alike, so that a column of the one becomes
// one of the other without a look at its rows (pg_cast, castmethod b).
var relabels = map[[2]string]bool{
	{"character varying", "text"}:   true,
	{"text", "character varying"}:   true,
	{"cidr", "inet"}:                true,
	{"bit", "bit varying"}:          true,
	{"bit varying", "bit varying"}:  true,
	{"xml", "text"}:                 true,
	{"xml", "character varying"}:    true,
	{"integer", "oid"}:              true,
	{"oid", "integer"}:              true,
	{"oid", "regclass"}:             true,
	{"regclass", "oid"}:             true,
	{"text", "citext"}:              true,
	{"citext", "text"}:              true,
	{"character varying", "citext"}: true,
	{"citext", "character varying"}: true,
}

// sameOrder are the relabels under which an index stays usable: its operator class is the same.
var sameOrder = map[[2]string]bool{
	{"character varying", "text"}: true, {"text", "character varying"}: true, {"cidr", "inet"}: true,
}

// changeTypeKey follows ATColumnChangeRequiresRewrite and CheckIndexCompatible in the server.
func (d *Dialect) changeTypeKey(c schema.ChangeType, t *schema.Table) string {
	if t == nil || t.Column(c.Column) == nil {
		return "change-type-rewrite"
	}
	col := t.Column(c.Column)
	from, to := parseType(col.Type), parseType(c.Type)
	if c.Using != "" && !castsTo(c.Using, c.Column, to) || d.rewritesType(from, to) {
		return "change-type-rewrite"
	}
	kept := unqualified(from.base) == unqualified(to.base) || sameOrder[[2]string{from.base, to.base}]
	if c.Collation != "" && c.Collation != col.Collation || c.Collation == "" && col.Collation != "" {
		kept = false
	}
	scan := false
	for _, ix := range t.Indexes {
		named := slices.Contains(ix.Columns, c.Column)
		inText := (ix.Partial || slices.Contains(ix.Columns, "")) && mentions(indexTail(ix.Definition), c.Column)
		if named && !kept || inText {
			return "change-type-index"
		}
	}
	for _, k := range t.Constraints {
		if k.Kind == schema.Check && !k.NotValid && (slices.Contains(k.Columns, c.Column) || mentions(k.Expr, c.Column)) {
			scan = true
		}
	}
	if scan {
		return "change-type-scan"
	}
	return "change-type"
}

// castsTo says whether USING is the column cast to the very type that it gets.
func castsTo(using, column string, to datatype) bool {
	if !plainCast(schema.Mapping{From: column, Using: using}) {
		return false
	}
	src := newSource(using)
	for i := len(src.tokens) - 1; i > 0; i-- {
		if src.tokens[i].punct == ':' {
			return i == 2 && parseType(src.from(i+1).String()).String() == to.String()
		}
	}
	return len(src.tokens) == 1
}

// rewritesType says whether values must be looked at one by one.
func (d *Dialect) rewritesType(from, to datatype) bool {
	if from.String() == to.String() {
		return false
	}
	if from.array || to.array {
		return from.array != to.array || from.base != to.base || len(to.mods) > 0
	}
	from.base, to.base = unqualified(from.base), unqualified(to.base)
	pair := [2]string{from.base, to.base}
	stamps := pair == [2]string{"timestamp without time zone", "timestamp with time zone"} ||
		pair == [2]string{"timestamp with time zone", "timestamp without time zone"}
	if stamps {
		return !d.utc || len(to.mods) > 0 // between them lies the session's time zone
	}
	if from.base != to.base && !relabels[pair] {
		return true
	}
	switch to.base {
	case "character varying", "bit varying":
		return len(to.mods) > 0 && (from.base != to.base || len(from.mods) == 0 || to.mods[0] < from.mods[0])
	case "numeric":
		return len(to.mods) > 0 && (len(from.mods) == 0 || to.mods[1] != from.mods[1] || to.mods[0] < from.mods[0])
	case "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone", "interval":
		return len(to.mods) > 0 && (to.mods[0] < 6 && (len(from.mods) == 0 || to.mods[0] < from.mods[0]))
	case "text", "inet", "oid", "integer", "regclass", "citext":
		return false
	}
	return len(to.mods) > 0 || len(from.mods) > 0 && from.base == to.base
}

// losesValues says whether the change silently cuts values: fractions and times of day. What does
// not fit otherwise is an error.
func losesValues(fromType, toType string) bool {
	from, to := parseType(fromType), parseType(toType)
	scale := func(t datatype) int {
		if len(t.mods) > 1 {
			return t.mods[1]
		}
		return 1000
	}
	times := []string{"timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone"}
	switch {
	case to.base == "numeric" && from.base == "numeric":
		return scale(to) < scale(from)
	case integers[to.base] > 0:
		return from.base == "numeric" && scale(from) > 0 || from.base == "real" || from.base == "double precision"
	case to.base == "real":
		return from.base == "double precision" || from.base == "numeric"
	case to.base == "date":
		return slices.Contains(times, from.base)
	case slices.Contains(times, to.base) && slices.Contains(times, from.base):
		return len(to.mods) > 0 && to.mods[0] < 6 && (len(from.mods) == 0 || to.mods[0] < from.mods[0])
	}
	return false
}

// mentions says whether an expression names a column.
func mentions(expr, column string) bool {
	for _, t := range lex(expr) {
		if t.punct == 0 && identifier(expr[t.start:t.end]) == column {
			return true
		}
	}
	return false
}

// unqualified cuts the schema off a type's name.
func unqualified(name string) string {
	if i := strings.LastIndex(name, "."); i >= 0 {
		return name[i+1:]
	}
	return name
}

// boundType says what stands in the way of a column's new type; the server refuses that itself.
func boundType(column string, t *schema.Table) string {
	for _, other := range t.Columns {
		if other.Generated != "" && mentions(other.Expr, column) {
			return "generated column " + other.Name + " is made of " + column + ": PostgreSQL does not change the type of such a column; drop " +
				other.Name + " first and add it again after"
		}
	}
	for _, u := range take[[]use](t, extraUses) {
		if u.Column == column {
			return u.By + " uses column " + column + ": PostgreSQL does not change the type of such a column; drop it first and make it again after"
		}
	}
	return ""
}
