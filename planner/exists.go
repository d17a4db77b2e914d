package planner

import (
	"errors"
	"fmt"
	"strings"
)

// exists refuses a statement about a table or column that is not there (or is there already),
// with its place. Clauses may build on those before them.
func (b *builder) exists(st Statement, clauses []Change) error {
	if b.now.Partial {
		return nil
	}
	s := b.now
	if t := alteredTable(s, clauses); t != nil {
		clauses = inOrder(clauses, t)
	}
	for _, c := range clauses {
		if msg := missing(c, s); msg != "" {
			return &Refusal{Statement: st, Reasons: []string{msg}}
		}
		s = Apply(s, c)
	}
	return nil
}

// missing says what a change needs and does not find; empty: it finds all.
func missing(c Change, s *Schema) string {
	switch c := c.(type) {
	case Verbatim:
		return ""
	case ChangeObject:
		if c.Name.Table == "" {
			return ""
		}
	case CreateTable:
		if !c.IfNotExists && s.Table(c.Name) != nil {
			return fmt.Sprintf("table %s exists already", s.Resolve(c.Name))
		}
		return ""
	case DropTable:
		if c.IfExists {
			return ""
		}
	case DropIndex:
		if c.Name.Table == "" || c.IfExists {
			return ""
		}
	}
	t := s.Table(c.Table())
	switch {
	case t == nil:
		return fmt.Sprintf("there is no table %s", s.Resolve(c.Table()))
	case len(t.Columns) == 0 && len(t.Refusals) > 0: // it is there, but nobody could read it
		return strings.Join(t.Refusals, "; ")
	}
	if add, ok := c.(AddColumn); ok {
		if t.Column(add.Column.Name) != nil && !add.IfNotExists {
			return fmt.Sprintf("table %s has a column %s already", t.Name, add.Column.Name)
		}
		return ""
	}
	for _, name := range columnsOf(c) {
		if t.Column(name) == nil {
			return fmt.Sprintf("table %s has no column %s", t.Name, name)
		}
	}
	return ""
}

// columnsOf names the existing columns that a change needs.
func columnsOf(c Change) []string {
	switch c := c.(type) {
	case DropColumn:
		if c.IfExists {
			return nil
		}
		return []string{c.Column}
	case RenameColumn:
		return []string{c.From}
	case ChangeType:
		return []string{c.Column}
	case SetNotNull:
		return []string{c.Column}
	case DropNotNull:
		return []string{c.Column}
	case SetDefault:
		return []string{c.Column}
	case DropDefault:
		return []string{c.Column}
	case SetIdentity:
		return []string{c.Column}
	case SetGenerated:
		return []string{c.Column}
	case AddConstraint:
		return c.Constraint.Columns
	case CreateIndex:
		var names []string
		for _, n := range c.Index.Columns {
			if n != "" {
				names = append(names, n)
			}
		}
		return names
	}
	return nil
}

// at gives a refusal its statement.
func at(st Statement, err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return &Refusal{Statement: st, Reasons: r.Reasons}
	}
	return &Refusal{Statement: st, Reasons: []string{err.Error()}}
}
