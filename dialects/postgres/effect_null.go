package postgres

import (
	"slices"

	"surefoot/schema"
)

// provenNotNull says whether a valid check already forbids NULL, so that the server reads no rows
// (manual, ALTER TABLE, SET NOT NULL). It understands the plain forms; others count as not proven.
func provenNotNull(column string, t *schema.Table) bool {
	if t == nil {
		return false
	}
	if col := t.Column(column); col != nil && col.NotNull {
		return true
	}
	for _, k := range t.Constraints {
		if k.Kind != schema.Check || k.NotValid {
			continue
		}
		if k.NotNull && slices.Equal(k.Columns, []string{column}) || saysNotNull(k.Expr, column) {
			return true
		}
	}
	return false
}

// saysNotNull reads "column IS NOT NULL", alone or joined to other conditions by AND, in
// parentheses or not.
func saysNotNull(expr, column string) bool {
	src := newSource(expr)
	for len(src.tokens) > 2 && src.tokens[0].punct == '(' && closes(src) {
		src = source{text: src.text, tokens: src.tokens[1 : len(src.tokens)-1]}
	}
	if at := src.find(0, "and"); at >= 0 && src.find(0, "or") < 0 {
		return saysNotNull(src.to(at).String(), column) || saysNotNull(src.from(at+1).String(), column)
	}
	return len(src.tokens) == 4 && identifier(src.to(1).String()) == column && src.skip(1, "is", "not", "null") == 4
}
