package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// afterStatements gives a table as the server leaves it after whole statements, with the text of each
// index, for schema.Apply knows only their columns.
func (d *Dialect) afterStatements(t *schema.Table, statements []schema.Native) *schema.Table {
	s := &schema.Schema{Default: t.Name.Schema, Tables: []*schema.Table{t}}
	for _, st := range statements {
		s = schema.Apply(s, st)
		s.Tables = []*schema.Table{withTexts(s.Tables[0], st.Clauses)}
	}
	return s.Tables[0]
}

// withoutPart takes a column that is dropped out of an index over several. The index goes with the last
// of its columns.
func withoutPart(ix schema.Index, column string) schema.Index {
	ix.Columns = slices.DeleteFunc(slices.Clone(ix.Columns), func(c string) bool { return strings.EqualFold(c, column) })
	ix.Definition = editParts(ix.Definition, func(parts []string, names []string) []string {
		var kept []string
		for i, p := range parts {
			if !strings.EqualFold(names[i], column) {
				kept = append(kept, p)
			}
		}
		return kept
	})
	return ix
}

// editParts gives an index's text with other key parts; names are the columns of the parts, "" where
// a part is an expression.
func editParts(definition string, edit func(parts, names []string) []string) string {
	r := newReader(definition, sqlMode{ansiQuotes: true}) // no string stands before or among the parts
	for !r.eof() && !r.peek().sign("(") {
		r.next()
	}
	if r.eof() {
		return definition
	}
	from := r.next().end
	var parts, names []string
	for _, p := range r.commas() {
		name, _ := r.part(p).name()
		parts, names = append(parts, r.text(p[0], p[1])), append(names, name)
	}
	return definition[:from] + strings.Join(edit(parts, names), ", ") + definition[r.peek().start:]
}

// renamedIn gives a text of a table's, as the server or the user wrote it, when a column has another name: the
// definition of an index, a constraint or a computed column, or an expression in parentheses.
func (d *Dialect) renamedIn(text, from, to string) string {
	toks := tokenize(text, d.mode)
	parts := len(toks) > 0 && toks[0].is("key", "index", "unique", "primary", "fulltext", "spatial", "vector")
	var b strings.Builder
	done, depth := 0, 0
	for i, t := range toks {
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case depth == 0 || !t.named() || !strings.EqualFold(t.text, from) || i > 0 && toks[i-1].sign("."):
		case t.kind == word && i+1 < len(toks) && toks[i+1].sign("(") && !(parts && depth == 1): // a function, and no prefix
		default:
			b.WriteString(text[done:t.start] + quote(to))
			done = t.end
		}
	}
	return b.String() + text[done:]
}

// refers gives a foreign key's definition from its fields.
func refers(k schema.Constraint) string {
	text := "FOREIGN KEY (" + quoteAll(k.Columns) + ") REFERENCES " + qualified(k.RefTable)
	if len(k.RefColumns) > 0 {
		text += " (" + quoteAll(k.RefColumns) + ")"
	}
	return strings.TrimSpace(text + " " + k.Actions)
}

// withTexts gives indexes of new unique constraints their text.
func withTexts(t *schema.Table, clauses []schema.Change) *schema.Table {
	out := *t
	out.Indexes = slices.Clone(t.Indexes)
	for i := range out.Indexes {
		ix := &out.Indexes[i]
		if k := t.Constraint(ix.Constraint); ix.Definition == "" && ix.Constraint != "" && k != nil {
			ix.Definition = k.Definition
			continue
		}
		for _, c := range clauses {
			if o, ok := c.(schema.SetOption); ok && o.Option == ix.Visibility.Name {
				ix.Definition = ix.Rest + strings.TrimPrefix(o.Text, alterIndex(ix.Name))
				ix.Visibility.Text = o.Text
			}
		}
	}
	return &out
}

// renamedParts gives an index's text with other columns; the map goes from names in lower case.
func renamedParts(definition string, to map[string]string) string {
	return editParts(definition, func(parts, names []string) []string {
		for i, name := range names {
			if becomes, ok := to[strings.ToLower(name)]; ok && name != "" {
				parts[i] = quote(becomes) + parts[i][len(firstToken(parts[i])):]
			}
		}
		return parts
	})
}

// adds says whether a clause adds an index of a name.
func adds(c schema.Change, index string) bool {
	switch c := c.(type) {
	case schema.CreateIndex:
		return strings.EqualFold(c.Index.Name, index)
	case schema.AddConstraint:
		return strings.EqualFold(c.Constraint.Name, index)
	}
	return false
}

func firstToken(text string) string {
	toks := tokenize(text, sqlMode{ansiQuotes: true})
	return text[:toks[0].end]
}
