package sqlite

import (
	"fmt"
	"strings"
)

// tableText is a CREATE TABLE statement taken apart, so that a part of it can be replaced and the
// rest stays as it was written.
type tableText struct {
	sql         string
	name        span // with its schema
	columns     []columnText
	constraints []partText
	columnsEnd  int // where SQLite's own ADD COLUMN puts a new column
	lastEnd     int // the end of the last column or constraint
}

type span struct{ start, end int }

func (s span) of(sql string) string { return sql[s.start:s.end] }

type columnText struct {
	span
	name     string
	nameSpan span
	typ      span // empty where there is none
	parts    []partText
}

// The kinds of a column's or table's part.
const (
	partPrimary   = "primary key"
	partNotNull   = "not null"
	partNull      = "null"
	partUnique    = "unique"
	partCheck     = "check"
	partDefault   = "default"
	partCollate   = "collate"
	partForeign   = "foreign key"
	partGenerated = "generated"
)

// partText is a constraint of a column or of the table.
type partText struct {
	span          // with CONSTRAINT name
	name   string // empty: it has none
	kind   string
	body   span    // without CONSTRAINT name
	value  span    // what stands in a check's, default's or generated column's parentheses, or the default or collation itself
	tokens []token // of the body
}

// parseTable takes a CREATE TABLE statement apart.
func parseTable(sql string) (*tableText, error) {
	tokens := tokenize(sql)
	t := &tableText{sql: sql}
	i := 0
	for i < len(tokens) && !tokens[i].is("TABLE") {
		i++
	}
	i++
	if i+2 < len(tokens) && tokens[i].is("IF") {
		i += 3
	}
	if i >= len(tokens) {
		return nil, fmt.Errorf("no table name in %q", sql)
	}
	t.name = span{tokens[i].start, tokens[i].end}
	if i+2 < len(tokens) && tokens[i+1].sign(".") {
		t.name.end = tokens[i+2].end
		i += 2
	}
	i++
	if i >= len(tokens) || !tokens[i].sign("(") {
		return nil, fmt.Errorf("no column list in %q", sql)
	}
	end := closing(tokens, i)
	if end < 0 {
		return nil, fmt.Errorf("no end of the column list in %q", sql)
	}
	t.columnsEnd, t.lastEnd = tokens[end].start, tokens[end-1].end
	t.items(tokens[i+1 : end])
	if len(t.columns) == 0 {
		return nil, fmt.Errorf("no columns in %q", sql)
	}
	return t, nil
}

// items reads what stands between the parentheses, cut at its outer commas.
func (t *tableText) items(tokens []token) {
	for _, item := range commas(tokens) {
		if len(item) == 0 {
			continue
		}
		if !startsConstraint(item) {
			t.columns = append(t.columns, columnOf(item))
			continue
		}
		for _, tok := range tokens {
			if len(t.constraints) == 0 && tok.sign(",") && tok.end <= item[0].start {
				t.columnsEnd = tok.start
			}
		}
		t.constraints = append(t.constraints, partsOf(item)...)
	}
}

// commas cuts tokens at the commas outside of parentheses.
func commas(tokens []token) [][]token {
	var out [][]token
	depth, from := 0, 0
	for i, t := range tokens {
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case t.sign(",") && depth == 0:
			out = append(out, tokens[from:i])
			from = i + 1
		}
	}
	return append(out, tokens[from:])
}

func startsConstraint(item []token) bool {
	if item[0].is("CONSTRAINT", "CHECK", "FOREIGN") {
		return true
	}
	return len(item) > 1 && (item[0].is("PRIMARY") && item[1].is("KEY") || item[0].is("UNIQUE") && item[1].sign("("))
}

func columnOf(item []token) columnText {
	c := columnText{span: span{item[0].start, item[len(item)-1].end}, name: item[0].name(), nameSpan: span{item[0].start, item[0].end}}
	i := 1
	for i < len(item) && !startsPart(item[i]) {
		if item[i].sign("(") {
			if end := closing(item, i); end > 0 {
				i = end
			}
		}
		i++
	}
	c.typ = span{item[0].end, item[0].end}
	if i > 1 {
		c.typ = span{item[1].start, item[i-1].end}
	}
	c.parts = partsOf(item[i:])
	return c
}

func startsPart(t token) bool {
	return t.is("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "FOREIGN", "GENERATED", "AS")
}

// partsOf reads the constraints of a column, or those of the table that no comma divides.
func partsOf(tokens []token) []partText {
	var out []partText
	for i := 0; i < len(tokens); {
		p := partText{span: span{start: tokens[i].start}}
		if tokens[i].is("CONSTRAINT") && i+1 < len(tokens) {
			p.name = tokens[i+1].name()
			i += 2
			if i >= len(tokens) {
				break // a name without a constraint means nothing
			}
		}
		n := p.read(tokens[i:])
		p.tokens = tokens[i : i+n]
		p.body = span{tokens[i].start, tokens[i+n-1].end}
		p.end = p.body.end
		out = append(out, p)
		i += n
	}
	return out
}

// read finds out what a constraint is and gives the number of its tokens.
func (p *partText) read(t []token) int {
	n := 1
	switch {
	case t[0].is("PRIMARY"):
		p.kind = partPrimary
	case t[0].is("NOT"):
		p.kind = partNotNull
		n = min(2, len(t))
	case t[0].is("NULL"):
		p.kind = partNull
	case t[0].is("UNIQUE"):
		p.kind = partUnique
	case t[0].is("CHECK"):
		p.kind = partCheck
	case t[0].is("DEFAULT"):
		p.kind = partDefault
		return p.readDefault(t)
	case t[0].is("COLLATE"):
		p.kind = partCollate
		n = min(2, len(t))
		p.value = span{t[n-1].start, t[n-1].end}
	case t[0].is("FOREIGN", "REFERENCES"):
		p.kind = partForeign
		return readForeign(t)
	case t[0].is("GENERATED", "AS"):
		p.kind = partGenerated
	}
	for n < len(t) && !startsAnother(t, n) {
		if t[n].sign("(") {
			end := max(closing(t, n), n)
			if p.value == (span{}) {
				p.value = span{t[n].end, t[end].start}
			}
			n = end
		}
		n++
	}
	return n
}

func (p *partText) readDefault(t []token) int {
	if len(t) < 2 {
		return len(t)
	}
	end := 1
	switch {
	case t[1].sign("("):
		end = max(closing(t, 1), 1)
	case (t[1].sign("+") || t[1].sign("-")) && len(t) > 2:
		end = 2
	}
	p.value = span{t[1].start, t[end].end}
	return end + 1
}

func readForeign(t []token) int {
	n := 1
	for n < len(t) {
		switch {
		case t[n].sign("("):
			n = max(closing(t, n), n)
		case t[n].is("ON") && n+2 < len(t) && t[n+2].is("SET", "NO"):
			n += 3
		case t[n].is("ON"):
			n += 2
		case t[n].is("NOT") && n+1 < len(t) && t[n+1].is("DEFERRABLE"):
			n++
		case t[0].is("FOREIGN") && t[n].is("REFERENCES"):
		case startsPart(t[n]):
			return n
		}
		n++
	}
	return min(n, len(t))
}

// startsAnother says whether another constraint begins at t[n]; ON CONFLICT and the words of
// GENERATED ALWAYS AS belong to the one before.
func startsAnother(t []token, n int) bool {
	if t[n].is("AS") && t[0].is("GENERATED") && n <= 2 {
		return false
	}
	return startsPart(t[n])
}

// column finds a column by its name, without case.
func (t *tableText) column(name string) *columnText {
	for i := range t.columns {
		if strings.EqualFold(t.columns[i].name, name) {
			return &t.columns[i]
		}
	}
	return nil
}

// part finds a column's part of a kind; nil when there is none.
func (c *columnText) part(kind string) *partText {
	for i := range c.parts {
		if c.parts[i].kind == kind {
			return &c.parts[i]
		}
	}
	return nil
}
