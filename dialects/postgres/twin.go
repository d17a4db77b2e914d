package postgres

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// indexBody gives what stands behind the table's name in an index's definition.
func indexBody(ix schema.Index) string {
	if ix.Definition == "" && ix.Like != nil {
		body, _ := twinBody(*ix.Like)
		return body
	}
	if body := indexTail(ix.Definition); body != "" {
		return body
	}
	return "(" + quoteAll(ix.Columns) + ")"
}

// twinBody gives an index's body with one column in the place of another: in the parts, in INCLUDE
// and in WHERE. ok is false where the column's name stands in WHERE and may mean something else.
func twinBody(c schema.TwinIndex) (body string, ok bool) {
	src := newSource(indexBody(c.Of))
	var b strings.Builder
	last, section, where := 0, "", src.find(0, "where")
	for i, t := range src.tokens {
		if t.depth == 0 && t.word != "" {
			section = t.word // using, include, with, where …
		}
		inWhere := where >= 0 && i > where
		if !src.names(i, c.Old) || !inWhere && (section == "with" || !src.startsPart(i)) {
			continue
		}
		if inWhere && !src.isColumn(i) {
			return "", false
		}
		b.WriteString(src.text[last:t.start] + quote(c.New))
		last = t.end
	}
	return b.String() + src.text[last:], true
}

// names says whether the i-th token is this identifier.
func (s source) names(i int, name string) bool {
	t := s.tokens[i]
	return t.punct == 0 && identifier(s.text[t.start:t.end]) == name
}

// startsPart says whether a token is the first of an index's part.
func (s source) startsPart(i int) bool {
	return i > 0 && s.tokens[i].depth == 1 && (s.tokens[i-1].punct == '(' || s.tokens[i-1].punct == ',')
}

// isColumn says whether a name in an expression is a column's: no function's, type's or collation's.
func (s source) isColumn(i int) bool {
	if i+1 < len(s.tokens) && (s.tokens[i+1].punct == '(' || s.tokens[i+1].punct == '.') {
		return false
	}
	before := s.tokens[max(i-1, 0)]
	return before.punct != '.' && before.punct != ':' && before.word != "collate"
}

// usesOf names the columns of an index that has INCLUDE or WHERE; nil: its parts are all, or one of
// them is an expression. Of WHERE it takes every name: one too many does no harm.
func usesOf(ix schema.Index) []string {
	src := newSource(indexTail(ix.Definition))
	include, where := src.find(0, "include"), src.find(0, "where")
	if slices.Contains(ix.Columns, "") || include < 0 && where < 0 {
		return nil
	}
	uses := slices.Clone(ix.Columns)
	for i, t := range src.tokens {
		if t.punct == 0 && (include >= 0 && i > include || where >= 0 && i > where) {
			uses = append(uses, identifier(src.text[t.start:t.end]))
		}
	}
	return uses
}

// twin is the statement that builds a twin.
func twin(c schema.TwinIndex) schema.CreateIndex {
	body, _ := twinBody(c)
	return schema.CreateIndex{On: c.On, Index: schema.Index{Name: c.Twin, Unique: c.Of.Unique}, Text: body, Online: true}
}

// twinRefusal says why an index cannot have a twin that later takes its place; empty: it can.
func twinRefusal(c schema.TwinIndex, s *schema.Schema) string {
	t := s.Table(c.Table())
	if t == nil {
		return "the table is not known"
	}
	if _, ok := twinBody(c); !ok {
		return "the condition of index " + c.Of.Name + " is not understood"
	}
	if by := s.Referrer(c.Table(), c.Old); c.Of.Unique && by != "" {
		return "foreign key " + by + " needs index " + c.Of.Name
	}
	if k := t.Constraint(c.Of.Constraint); c.Of.Constraint != "" && k != nil {
		if deferral(k.Definition) != "" {
			return "constraint " + k.Name + " is deferrable, and an index beside it could not wait"
		}
		if refusedUsingIndex(schema.AddConstraint{Constraint: *k, UsingIndex: c.Twin}) != "" {
			return "constraint " + k.Name + " has INCLUDE, NULLS NOT DISTINCT or WITH, which later steps would not know of"
		}
	}
	ofIndex := func(o owned) bool { return o.Of == "index" && o.Name == c.Of.Name }
	if slices.ContainsFunc(take[[]owned](t, extraMarks), ofIndex) {
		return "the table is clustered or replicated by index " + c.Of.Name
	}
	extra := slices.ContainsFunc(take[[]indexExtra](t, extraIndexes), func(e indexExtra) bool { return e.Name == c.Of.Name })
	comment := slices.ContainsFunc(take[[]owned](t, extraComments), func(o owned) bool {
		return ofIndex(o) || o.Of == "constraint" && o.Name == c.Of.Constraint
	})
	if extra || comment {
		return "index " + c.Of.Name + " has a comment, tablespace or statistics target of its own, which its twin would not have"
	}
	return ""
}

// replaceIndex lets a twin take its index's place. The index goes without a lock that blocks
// anybody; a constraint is exchanged in one statement, so that it holds at every moment.
func (d *Dialect) replaceIndex(c schema.ReplaceIndex, s *schema.Schema) ([]plan.Step, error) {
	n := s.Resolve(c.Table())
	if c.Of.Constraint != "" {
		return []plan.Step{exchangeConstraint(c, n)}, nil
	}
	drop := schema.DropIndex{On: c.On, Index: c.Of.Name, Online: true}
	renamed := schema.RenameIndex{On: c.On, From: c.Twin, To: c.Of.Name}
	rename, err := d.plain(renamed, schema.Apply(s, drop))
	for i := range rename {
		rename[i].Kind = c.Phase()
	}
	return append(plan.Called(d.dropIndexOnline(drop, s), drop, n), plan.Called(rename, renamed, n)...), err
}

// briefly keeps a statement from waiting long for its lock in a session that may wait.
const briefly = "lock_timeout = '1s'"

// exchangeConstraint gives a unique constraint the twin as its index. The way back builds the old
// index while others work, so the step may wait; only the exchange itself may not.
func exchangeConstraint(c schema.ReplaceIndex, n schema.Name) plan.Step {
	k := c.Of.Constraint
	back := schema.Name{Schema: n.Schema, Table: schema.SideName(c.Of.Name, "back", maxName)}
	exchange := func(index string) string {
		return "ALTER TABLE " + qualified(n) + " DROP CONSTRAINT IF EXISTS " + quote(k) + ", ADD CONSTRAINT " + quote(k) + " UNIQUE USING INDEX " + quote(index)
	}
	return plan.Step{
		Title: "let constraint " + k + " of " + n.String() + " take over index " + c.Twin,
		Act:   plan.Act{Atomic: true, Patient: true, SQL: []string{"SET LOCAL " + briefly, exchange(c.Twin)}},
		Evidence: plan.Evidence{Proof: proof("EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = " +
			regclass(n) + " AND k.conname = " + literal(k) + " AND a.attname = " + literal(c.New) + ")")},
		WayBack: plan.WayBack{Undo: []string{
			"DROP INDEX CONCURRENTLY IF EXISTS " + qualified(back),
			createIndex(back.Table, true, true, true, n, indexBody(c.Of)),
			"SET " + briefly + "; " + exchange(back.Table),
		}},
		Price: plan.Price{Blocks: plan.BlocksAll, Lock: accessExclusive},
	}
}
