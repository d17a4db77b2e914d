package planner

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// exists gives the clauses that have something to do: of those that IF EXISTS or IF NOT EXISTS makes
// nothing, none is planned, proved or taken back. It refuses a statement about something that is not
// there (or is there already), with its place. Clauses may build on those before them.
func (b *builder) exists(st schema.Statement, clauses []schema.Change) ([]schema.Change, error) {
	if b.now.Partial {
		return clauses, nil
	}
	s := b.now
	ordered := clauses
	if t := schema.AlteredTable(s, clauses); t != nil {
		ordered = schema.InOrder(clauses, t)
	}
	var out []schema.Change
	for _, c := range ordered {
		if idle(c, s) || s.Ways.LooksFirst && idle(c, b.now) {
			if s.Stale != "" {
				return nil, &schema.Refusal{Statement: st, Reasons: []string{unless("it has nothing to do", c, s)}}
			}
			out = append(out, c)
			continue
		}
		msg := unless(missing(c, s), c, s)
		if msg != "" {
			if known, err := b.meet(c.Table()); err != nil {
				return nil, err
			} else if known {
				return b.exists(st, clauses)
			}
		}
		if s.Table(c.Table()) == nil && b.isNew(c.Table()) && msg != "" {
			msg = fmt.Sprintf("what table %s is like is known only when it is made: run the statements up to it first, then plan the rest", s.Resolve(c.Table()))
		}
		if msg == "" {
			msg = unless(taken(c, s, clauses), c, s)
		}
		if msg != "" {
			return nil, &schema.Refusal{Statement: st, Reasons: []string{msg}}
		}
		s = schema.Apply(s, c)
	}
	if len(out) == 0 {
		return clauses, nil
	}
	return slices.DeleteFunc(slices.Clone(clauses), func(c schema.Change) bool {
		return slices.ContainsFunc(out, func(i schema.Change) bool { return reflect.DeepEqual(i, c) })
	}), nil
}

// untouched is a statement that IF EXISTS or IF NOT EXISTS makes nothing.
func untouched(st schema.Statement, clauses []schema.Change, s *schema.Schema) plan.Planned {
	return plan.Planned{
		SQL: st.SQL, File: st.File, Line: st.Line, Column: st.Column, Kind: schema.KindOf(clauses, "statement"),
		Table: s.Resolve(clauses[0].Table()).String(), Native: plan.NativeEffect{Effect: plan.Effect{Source: plan.Measured}, HeldMS: plan.Known(0)}, Findings: []string{}, Ways: []plan.Way{},
	}
}

// unless adds to a reason why it may not hold: a statement that was not read came before.
func unless(reason string, c schema.Change, s *schema.Schema) string {
	stale := s.Stale
	if t := s.Table(c.Table()); t != nil && stale == "" {
		stale = t.Stale
	}
	if reason == "" || stale == "" {
		return reason
	}
	return reason + ", unless a statement before this one (" + stale + ") changed that: run the statements up to it first, then plan the rest"
}

// missing says what a change needs and does not find; empty: it finds all.
func missing(c schema.Change, s *schema.Schema) string {
	switch c := c.(type) {
	case schema.Verbatim, schema.CreateTable:
		return ""
	case schema.ChangeObject:
		if c.Name.Table == "" {
			return ""
		}
	case schema.DropIndex:
		if c.Name.Table == "" {
			return fmt.Sprintf("no table that is known has an index %s", c.Index)
		}
	}
	t := s.Table(c.Table())
	switch {
	case t == nil:
		return fmt.Sprintf("there is no table %s", s.Resolve(c.Table()))
	case len(t.Columns) == 0 && len(t.Refusals) > 0: // it is there, but nobody could read it
		return strings.Join(t.Refusals, "; ")
	}
	for _, name := range schema.ColumnsOf(c) {
		if name != "" && t.Column(name) == nil { // "" is an expression
			return fmt.Sprintf("table %s has no column %s", t.Name, name)
		}
	}
	switch c := c.(type) {
	case schema.DropIndex:
		return lacks(t, "index", c.Index)
	case schema.RenameIndex:
		return lacks(t, "index", c.From)
	case schema.DropConstraint:
		if c.What != schema.PrimaryKey {
			return lacks(t, "constraint", c.Constraint)
		}
	}
	return ""
}

// lacks says that a table has no index, or neither constraint nor index, of a name. Where one of
// its own has no name that is known, nobody can say that.
func lacks(t *schema.Table, what, name string) string {
	unnamed := slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return ix.Name == "" }) ||
		slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.Name == "" || k.Definition == name })
	if unnamed || t.Index(name) != nil || t.Constraint(name) != nil || t.NotNullBy(name) != nil {
		return ""
	}
	return fmt.Sprintf("table %s has no %s %s", t.Name, what, name)
}

// taken says that a name which a change gives is another's already; empty: it is free, as far as is
// known. clauses are all of the statement, which may free it.
func taken(c schema.Change, s *schema.Schema, clauses []schema.Change) string {
	t := s.Table(c.Table())
	switch c := c.(type) {
	case schema.CreateTable:
		if t != nil {
			return fmt.Sprintf("table %s exists already", t.Name)
		}
	case schema.RenameTable:
		to := s.Table(schema.Name{Schema: s.Resolve(c.Name).Schema, Table: c.To})
		if to != nil && to != t {
			return fmt.Sprintf("table %s exists already", to.Name)
		}
	case schema.AddColumn:
		if t.Column(c.Column.Name) != nil {
			return fmt.Sprintf("table %s has a column %s already", t.Name, c.Column.Name)
		}
	case schema.RenameColumn:
		to := t.Column(c.To)
		leaves := slices.ContainsFunc(clauses, func(o schema.Change) bool {
			r, ok := o.(schema.RenameColumn)
			return ok && t.Among([]string{r.From}, c.To)
		})
		if to != nil && to != t.Column(c.From) && !leaves {
			return fmt.Sprintf("table %s has a column %s already", t.Name, c.To)
		}
	case schema.CreateIndex:
		return takenIndex(t, c.Index.Name, c.Index.Columns)
	case schema.RenameIndex:
		return takenIndex(t, c.To, nil)
	case schema.AddConstraint:
		k := t.Constraint(c.Constraint.Name)
		if c.Constraint.Name != "" && k != nil && k.Kind == c.Constraint.Kind && !chosen(k.Name, c.Constraint.Columns) {
			return fmt.Sprintf("table %s has a constraint %s already", t.Name, k.Name)
		}
	}
	return ""
}

func takenIndex(t *schema.Table, name string, columns []string) string {
	if ix := t.Index(name); name != "" && ix != nil && !ix.Invalid && !chosen(name, columns) {
		return fmt.Sprintf("table %s has an index %s already", t.Name, ix.Name)
	}
	return ""
}

// chosen says that a name may be one that a server chose after the first column: it finds a free one.
func chosen(name string, columns []string) bool {
	return len(columns) > 0 && strings.EqualFold(columns[0], name)
}

// at gives a refusal its statement.
func at(st schema.Statement, err error) error {
	var r *schema.Refusal
	if errors.As(err, &r) {
		return &schema.Refusal{Statement: st, Reasons: r.Reasons}
	}
	return &schema.Refusal{Statement: st, Reasons: []string{err.Error()}}
}
