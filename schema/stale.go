package schema

import (
	"slices"
	"strings"
)

// A copy carries what was read of its table before the plan began. Where an earlier statement of the
// plan makes something of which the schema does not know how it will be, Apply notes that on every
// table which that may concern. Before such a table is copied the server is asked what it will be
// (lookAgain); where nobody can tell, it is not copied in the same plan.

// unsettle marks what a change leaves unknown. s is the schema before the change, next after it.
func unsettle(next, s *Schema, c Change) *Schema {
	marks := func(*Table) bool { return false }
	switch c := c.(type) {
	case Verbatim:
		if c.KeepsTables {
			return next
		}
		if c.Only != nil {
			marks = func(t *Table) bool { return slices.Contains(c.Only, t.Name) }
			break
		}
		own := s.Table(c.Name)
		if c.Name.Table == "" && next != nil && next.Stale == "" {
			next = next.unread(describeChange(c))
		}
		marks = func(t *Table) bool {
			return own == nil || t.Name == own.Name || Mentions(c.SQL, []string{t.Name.Table})
		}
	case DropIndex:
		marks = func(*Table) bool { return c.Name.Table == "" } // of which table is not known
	case AddConstraint:
		marks = refersTo(s, []Constraint{c.Constraint}, c.Name)
	case DropConstraint:
		marks = refersTo(s, keysCalled(s.Table(c.Name), c.Constraint), c.Name)
	case CreateTable:
		if c.Def != nil {
			marks = refersTo(s, c.Def.Constraints, c.Name)
		}
	case DropTable:
		if t := s.Table(c.Name); t != nil {
			marks = refersTo(s, t.Constraints, c.Name)
		}
	case RenameTable, RenameColumn:
		bound := related(s, c.Table(), "")
		marks = func(t *Table) bool { return bound(t) || firesOn(t, c.Table().Table) }
	case DropColumn:
		column := c.Column
		if c.Cascade {
			column = ""
		}
		marks = related(s, c.Name, column)
	}
	return next.mark(marks, c)
}

// unread notes that a statement may have made and taken away tables.
func (s *Schema) unread(stale string) *Schema {
	next := *s
	next.Stale = stale
	return &next
}

// mark notes on tables that what is known of them is not all.
func (s *Schema) mark(which func(*Table) bool, c Change) *Schema {
	if s == nil || !slices.ContainsFunc(s.Tables, func(t *Table) bool { return t.Stale == "" && which(t) }) {
		return s
	}
	next := *s
	next.Tables = slices.Clone(s.Tables)
	for i, t := range next.Tables {
		if t.Stale == "" && which(t) {
			next.Tables[i] = t.clone()
			next.Tables[i].Stale = describeChange(c)
		}
	}
	return &next
}

// Guessed is a schema of which not all is known: what an unread file makes, others may build on.
func (s *Schema) Guessed() *Schema {
	g := *s
	g.Partial = true
	return &g
}

// Settled gives the schema as one from which a plan begins: a file that describes it was read
// statement by statement.
func (s *Schema) Settled() *Schema {
	next := *s
	next.Stale, next.Tables = "", slices.Clone(s.Tables)
	for i, t := range next.Tables {
		if t.Stale != "" {
			c := *t
			c.Stale = ""
			next.Tables[i] = &c
		}
	}
	return &next
}

func describeChange(c Change) string {
	if v, ok := c.(Verbatim); ok {
		text := strings.Join(strings.Fields(v.SQL), " ")
		if short := []rune(text); len(short) > 60 {
			text = string(short[:59]) + "…"
		}
		return text
	}
	return strings.ReplaceAll(c.Kind(), "-", " ") + " on " + c.Table().String()
}

// refersTo picks the tables that foreign keys bind: the one that has them and those they refer to.
func refersTo(s *Schema, keys []Constraint, from Name) func(*Table) bool {
	bound := map[Name]bool{}
	for _, k := range keys {
		if k.Kind != ForeignKey {
			continue
		}
		bound[s.Resolve(from)] = true
		if to := s.Table(k.Referred(s.Resolve(from))); to != nil {
			bound[to.Name] = true
		}
	}
	return func(t *Table) bool { return bound[t.Name] }
}

// related picks the tables that foreign keys bind to one, in either direction: by a column of it, or, where that
// is empty, by any.
func related(s *Schema, name Name, column string) func(*Table) bool {
	own := s.Table(name)
	if own == nil {
		return func(*Table) bool { return false }
	}
	from := own.Constraints
	if column != "" {
		from = slices.DeleteFunc(slices.Clone(from), func(k Constraint) bool { return !own.Among(k.Columns, column) })
	}
	refers := refersTo(s, from, own.Name)
	return func(t *Table) bool {
		return t.Name != own.Name && (refers(t) || slices.ContainsFunc(t.Constraints, func(k Constraint) bool {
			return k.Kind == ForeignKey && s.means(k.Referred(t.Name), own) &&
				(column == "" || len(k.RefColumns) == 0 || own.Among(k.RefColumns, column))
		}))
	}
}

// firesOn says that a trigger of a table may name one: a server may write its text anew.
func firesOn(t *Table, name string) bool {
	return slices.ContainsFunc(t.Triggers, func(tr Trigger) bool { return Mentions(tr.Definition, []string{name}) })
}

// keysCalled gives the constraints of a name; of an empty name, or where the table is not known, none.
func keysCalled(t *Table, name string) []Constraint {
	if k := t.Constraint(name); k != nil {
		return []Constraint{*k}
	}
	return nil
}

// Outdated says why what is known of a table is not enough to copy it; nil: it is.
func Outdated(t *Table) error {
	if t == nil || t.Stale == "" {
		return nil
	}
	return &Refusal{Reasons: []string{"what " + t.Name.String() + " is like after a statement before this one (" + t.Stale +
		") is not known, and a copy would leave out what it made: run the statements up to it first, then plan the rest"}}
}
