package postgres

import (
	"context"
	"fmt"
	"strings"

	"surefoot/schema"
)

// knows notes the names of a table and of what belongs to it.
func (st *Stage) knows(t *schema.Table) {
	st.schemas[t.Name.Schema] = ""
	names := []string{t.Name.Table}
	for _, ix := range t.Indexes {
		names = append(names, ix.Name)
	}
	for _, sq := range take[[]sequence](t, extraSequences) {
		names = append(names, sq.Name)
	}
	for _, s := range take[[]statistic](t, extraStatistics) {
		names = append(names, s.Name)
	}
	for _, c := range t.Applied { // on the way an index may have a name that it does not keep
		switch c := c.(type) {
		case schema.CreateIndex:
			names = append(names, c.Index.Name)
		case schema.AddConstraint:
			names = append(names, c.Constraint.Name)
		}
	}
	for _, n := range names {
		st.known[t.Name.Schema+"."+n] = true
	}
	for _, v := range take[[]view](t, extraViews) {
		if n, ok := nameOf(v.Name); ok {
			st.known[n.String()] = true
			st.schemas[n.Schema] = ""
		}
	}
}

// made notes the tables that the change makes: nothing has their names yet.
func (st *Stage) made(ctx context.Context, names []schema.Name) error {
	for _, n := range names {
		if st.have.Table(n) != nil {
			continue
		}
		var free bool
		if err := st.live.pool.QueryRowContext(ctx, "SELECT "+regclass(n)+" IS NULL").Scan(&free); err != nil {
			return fmt.Errorf("make a stage: %w", err)
		}
		if free {
			st.known[n.String()] = true
			st.schemas[n.Schema] = ""
		}
		if t := st.after.Table(n); free && t != nil {
			st.knows(t)
		}
	}
	return nil
}

// nameOf reads a qualified name.
func nameOf(text string) (schema.Name, bool) {
	src := newSource(text)
	if len(src.tokens) != 3 || src.tokens[1].punct != '.' {
		return schema.Name{}, false
	}
	return schema.Name{Schema: src.name(0), Table: src.name(2)}, true
}

// name gives the identifier at i; empty: there is none.
func (s source) name(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	t := s.tokens[i]
	if s.text[t.start] == '"' {
		return strings.ReplaceAll(s.text[t.start+1:t.end-1], `""`, `"`)
	}
	return t.word
}

// Here names the stage's schema wherever a known thing is named with the live one's, also in a
// string that is nothing but such a name (nextval('public.t_id_seq')).
func (st *Stage) Here(text string) string {
	src := newSource(text)
	var b strings.Builder
	last := 0
	for i, t := range src.tokens {
		if i+2 < len(src.tokens) && src.tokens[i+1].punct == '.' && (i == 0 || src.tokens[i-1].punct != '.') && st.known[src.name(i)+"."+src.name(i+2)] {
			b.WriteString(text[last:t.start] + quote(st.schemas[src.name(i)]))
			last = t.end
		}
		if text[t.start] == '\'' {
			inner := strings.Trim(text[t.start:t.end], "'")
			if n, ok := nameOf(inner); ok && st.known[n.String()] {
				from := t.start + strings.Index(text[t.start:t.end], inner)
				b.WriteString(text[last:from] + asQuoted(st.schemas[n.Schema], inner))
				last = from + newSource(inner).tokens[0].end
			}
		}
	}
	return b.String() + text[last:]
}

// asQuoted quotes a name where the text that it replaces begins with a quoted one: the plan for the
// twins is compared with the live one letter by letter.
func asQuoted(name, text string) string {
	if strings.HasPrefix(text, `"`) {
		return quote(name)
	}
	return name
}
