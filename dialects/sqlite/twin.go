package sqlite

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// twinText gives an index's definition with one column in the place of another, as SQLite's own
// RENAME COLUMN writes it. ok is false where the name stands in WHERE and may mean something else.
func twinText(c schema.TwinIndex) (sql string, ok bool) {
	sql = c.Of.Definition
	tokens := tokenize(sql)
	parts, where := partsAndWhere(tokens)
	var b strings.Builder
	last := 0
	for i, t := range tokens {
		inWhere := where > 0 && i >= where
		if !isName(t) || !strings.EqualFold(t.name(), c.Old) || !inWhere && !parts[i] {
			continue
		}
		if inWhere && !isColumn(tokens, i) {
			return "", false
		}
		with := bare(c.New)
		if t.kind == quoted {
			with = quote(c.New)
		}
		b.WriteString(sql[last:t.start] + with)
		last = t.end
	}
	return b.String() + sql[last:], true
}

// partsAndWhere gives the tokens that begin a part of an index, and where its condition begins; -1:
// it has none.
func partsAndWhere(tokens []token) (parts map[int]bool, where int) {
	parts = map[int]bool{}
	for i, t := range tokens {
		if !t.sign("(") {
			continue
		}
		end := closing(tokens, i)
		at := i + 1
		for _, part := range commas(tokens[i+1 : max(end, i+1)]) {
			parts[at] = true
			at += len(part) + 1
		}
		if end > 0 && end+1 < len(tokens) {
			return parts, end + 1
		}
		return parts, -1
	}
	return parts, -1
}

func isName(t token) bool { return t.kind == word || t.kind == quoted }

// isColumn says whether a name in an expression is a column's: no function's, type's or collation's.
func isColumn(tokens []token, i int) bool {
	if i+1 < len(tokens) && (tokens[i+1].sign("(") || tokens[i+1].sign(".")) {
		return false
	}
	return !tokens[i-1].sign(".") && !tokens[i-1].is("COLLATE", "AS")
}

// indexNamed gives a CREATE INDEX under another name.
func indexNamed(sql, name string) string {
	tokens := tokenize(sql)
	for i, t := range tokens {
		if t.is("ON") && i > 0 {
			return sql[:tokens[i-1].start] + bare(name) + sql[tokens[i-1].end:]
		}
	}
	return sql
}

// namesIn lists the names in an index's condition.
func namesIn(definition string) []string {
	tokens := tokenize(definition)
	var names []string
	if _, where := partsAndWhere(tokens); where > 0 {
		for _, t := range tokens[where:] {
			if isName(t) {
				names = append(names, t.name())
			}
		}
	}
	return names
}

// twinRefusal says why an index cannot have a twin that later takes its place; empty: it can.
func twinRefusal(c schema.TwinIndex, s *schema.Schema) string {
	if c.Of.Definition == "" {
		return "a unique constraint over it is part of the table's definition, and its index cannot be exchanged"
	}
	if _, ok := twinText(c); !ok {
		return "the condition of index " + c.Of.Name + " is not understood"
	}
	if by := s.Referrer(c.Table(), c.Old); c.Of.Unique && by != "" {
		return "foreign key " + by + " needs index " + c.Of.Name
	}
	return ""
}

func buildTwin(c schema.TwinIndex) plan.Step {
	text, _ := twinText(c)
	return plan.Step{
		Act:      plan.Act{SQL: []string{indexNamed(text, c.Twin)}, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + indexQuery(c.Twin) + ")"},
		WayBack:  plan.WayBack{Undo: []string{"DROP INDEX IF EXISTS " + quote(c.Twin)}, UndoAtomic: true},
		Price:    plan.Price{Work: plan.WriteIndex},
	}
}

// replaceIndex drops an index and gives its twin its name in the catalog: SQLite has no statement
// for that.
func replaceIndex(c schema.ReplaceIndex, table string) plan.Step {
	text, _ := twinText(c.TwinIndex)
	beside := indexNamed(text, c.Twin)
	rename := func(from, was, to, is string) []string {
		return rewriteCatalog(table, fmt.Sprintf("UPDATE sqlite_schema SET name = %s, sql = %s WHERE type = 'index' AND name = %s COLLATE NOCASE AND sql = %s",
			literal(to), literal(is), literal(from), literal(was)))
	}
	return plan.Step{
		Act: plan.Act{
			Atomic: true,
			SQL:    append([]string{"DROP INDEX IF EXISTS " + quote(c.Of.Name)}, rename(c.Twin, beside, c.Of.Name, text)...),
		},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + indexQuery(c.Of.Name) + " AND sql = " + literal(text) + ")"},
		WayBack: plan.WayBack{
			Undo: append(rename(c.Of.Name, text, c.Twin, beside), ifNotExists(c.Of.Definition)), UndoAtomic: true,
			Loses: "time: the index is built again",
		},
	}
}
