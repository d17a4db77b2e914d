package schema

import (
	"regexp"
	"slices"
	"strings"
)

// lostWithColumn says that a constraint of one column goes with its column.
func lostWithColumn(k Constraint, w *Table) bool {
	return len(k.Columns) == 1 && k.Columns[0] != "" && w.Column(k.Columns[0]) == nil
}

// sameIn says whether a table has the same constraint under the same name.
func (d *differ) sameIn(t *Table, k Constraint, from, to *Schema) bool {
	return slices.ContainsFunc(t.Constraints, func(o Constraint) bool {
		return (o.Name == k.Name || o.Name == "" || k.Name == "") && o.NotValid == k.NotValid && sameRule(o, k, to, from)
	})
}

// sameRule says whether two constraints demand the same, of the rows that they look at.
func sameRule(o, k Constraint, oIn, kIn *Schema) bool {
	a, b := k.RefTable, o.RefTable
	if a.Schema == kIn.Default {
		a.Schema = ""
	}
	if b.Schema == oIn.Default {
		b.Schema = ""
	}
	return o.Kind == k.Kind && a == b && (o.Kind == Check || sameNames(o.Columns, k.Columns)) && sameNames(o.RefColumns, k.RefColumns) &&
		sameText(o.Actions, k.Actions) && sameText(o.Expr, k.Expr) &&
		(o.Kind != OtherKind || sameText(o.Definition, k.Definition))
}

// checked says that a constraint stays what it is, and its rows are to be checked.
func (d *differ) checked(have, want *Constraint) bool {
	return have != nil && want != nil && have.NotValid && !want.NotValid && sameRule(*have, *want, d.have, d.want)
}

func sameNames(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }

// servesConstraint says that an index is there because of a constraint, and comes and goes with it.
func servesConstraint(t *Table, ix Index) bool {
	if ix.Primary || ix.Constraint != "" {
		return true
	}
	return ix.Unique && slices.ContainsFunc(t.Constraints, func(k Constraint) bool {
		return (k.Kind == Unique || k.Kind == PrimaryKey) &&
			(k.Name == ix.Name || ix.Definition == "" && (t.Nameless || sameNames(k.Columns, ix.Columns)))
	})
}

func indexCalled(t *Table, name string) *Index {
	for i := range t.Indexes {
		if strings.EqualFold(t.Indexes[i].Name, name) {
			return &t.Indexes[i]
		}
	}
	return nil
}

func sameIndex(a, b Index) bool {
	if a.Unique != b.Unique || a.Partial != b.Partial || a.Invalid != b.Invalid || !sameNames(a.Columns, b.Columns) {
		return false
	}
	if a.Definition == "" || b.Definition == "" {
		return a.Prefix == b.Prefix
	}
	if a.Rest != "" && b.Rest != "" {
		return sameText(a.Rest, b.Rest)
	}
	return sameText(indexBody(a.Definition), indexBody(b.Definition))
}

// inColumn says that a check is a part of a column's definition, and comes and goes with that.
func inColumn(t *Table, k Constraint) bool {
	return k.Kind == Check && k.Name == "" && slices.ContainsFunc(t.Columns, func(c Column) bool {
		return c.Checks != "" && strings.Contains(c.Checks, k.Definition)
	})
}

var indexHead = regexp.MustCompile("(?is)^\\s*create\\s.*?\\son\\s+(?:only\\s+)?(?:\"[^\"]*\"|`[^`]*`|[^\\s(.])+(?:\\.(?:\"[^\"]*\"|`[^`]*`|[^\\s(.])+)?\\s*")

// indexBody gives what stands behind the table's name in an index's definition; a definition that
// does not begin with CREATE is the body itself.
func indexBody(definition string) string {
	return definition[len(indexHead.FindString(definition)):]
}

// sameText compares texts without case and with all white space as one blank, but for what stands in
// quotes. Between backticks case says nothing: engines that have them fold the names of columns.
func sameText(a, b string) bool { return a == b || squeeze(a) == squeeze(b) }

func squeeze(s string) string {
	var b strings.Builder
	var quote byte
	blank := false
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if quote == '`' && c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c == quote {
				quote = 0
			}
		case strings.IndexByte(" \t\r\n\f\v", c) >= 0:
			blank = true
			continue
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteByte(c)
	}
	return b.String()
}
