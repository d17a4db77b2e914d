package mysql

import "strings"

// inheriting leaves a column's collation out of what makes a twin where the column has its table's: MySQL shows
// it behind no CHARACTER SET then, and read again it would be the column's own, which is shown in another way.
func (d *Dialect) inheriting(create string) string {
	if d.maria() {
		return create
	}
	toks := tokenize(create, sqlMode{noBackslash: d.mode.noBackslash})
	var b strings.Builder
	depth, last, own := 0, 0, false
	for i, t := range toks {
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case depth != 1:
		case t.sign(","):
			own = false
		case t.is("character"):
			own = true
		case t.is("collate") && !own && i+1 < len(toks):
			b.WriteString(create[last:t.start])
			last = toks[i+1].end
		}
	}
	return b.String() + create[last:]
}
