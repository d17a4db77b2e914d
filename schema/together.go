package schema

import (
	"slices"
	"strings"
)

// The clauses of one statement all see the table as it was: two columns may exchange their names,
// and one that is dropped may come back as another. One after the other they mean the same in this
// order; renames take effect at once.
const (
	passGone   = iota // what a clause changes of a column that goes with the statement
	passDrop          // columns, indexes and constraints go
	passTable         // what columns take from the table, where they do not say it themselves
	passColumn        // columns of the table as it was, by the names that they had
	passRename
	passAdd
	passNew   // columns that the statement adds
	passAfter // indexes and constraints, by the names that columns have then
	passes
)

func passOf(c Change, t *Table, dropped, added func(string) bool) int {
	switch c := c.(type) {
	case DropColumn, DropIndex, DropConstraint:
		return passDrop
	case SetOption:
		if len(c.Extra) > 0 {
			return passTable
		}
		return passAfter
	case RenameIndex:
		return passColumn
	case RenameColumn:
		return passRename
	case AddColumn:
		return passAdd
	default:
		column := Alters(c)
		switch {
		case column == "":
			return passAfter
		case dropped(column) && !added(column):
			return passGone
		case t.Column(column) == nil || dropped(column):
			return passNew
		}
		return passColumn
	}
}

// InOrder gives the clauses of one statement about a table as they may be applied one after the
// other, but for renames that meet; see passDrop.
func InOrder(clauses []Change, t *Table) []Change {
	dropped := func(name string) bool {
		return slices.ContainsFunc(clauses, func(c Change) bool {
			d, ok := c.(DropColumn)
			return ok && t.Among([]string{d.Column}, name)
		})
	}
	added := func(name string) bool {
		return slices.ContainsFunc(clauses, func(c Change) bool {
			a, ok := c.(AddColumn)
			return ok && t.Among([]string{a.Column.Name}, name)
		})
	}
	out := make([]Change, 0, len(clauses))
	for pass := range passes {
		for _, c := range clauses {
			if passOf(c, t, dropped, added) == pass {
				out = append(out, c)
			}
		}
	}
	return out
}

// together gives the table as one statement leaves it. from says which column of t each column of
// the result was; new ones are not in it.
func (t *Table) together(clauses []Change) (after *Table, from map[string]string) {
	after = t.clone()
	was := slices.Clone(after.Columns)
	var renames []RenameColumn
	for _, c := range InOrder(clauses, t) {
		if r, ok := c.(RenameColumn); ok {
			renames = append(renames, r)
			continue
		}
		if len(renames) > 0 {
			after.renameColumns(renames)
			renames = nil
		}
		after.apply(c)
	}
	after.renameColumns(renames)
	return after, origins(was, t, clauses)
}

// renameColumns gives columns new names at once. In between they have names that no column can have.
func (t *Table) renameColumns(renames []RenameColumn) {
	between := func(i int) string { return strings.Repeat("\x00", i+1) }
	for i, r := range renames {
		t.renameColumn(r.From, between(i))
	}
	for i, r := range renames {
		t.renameColumn(between(i), r.To)
		t.Applied = append(t.Applied, r)
	}
}

// origins says which column each one was.
func origins(was []Column, t *Table, clauses []Change) map[string]string {
	from := map[string]string{}
	for _, col := range was {
		name := col.Name
		for _, c := range clauses {
			switch c := c.(type) {
			case DropColumn:
				if t.Among([]string{c.Column}, col.Name) {
					name = ""
				}
			case RenameColumn:
				if t.Among([]string{c.From}, col.Name) {
					name = c.To
				}
			}
		}
		if name != "" {
			from[name] = col.Name
		}
	}
	return from
}

// Reuses says that a statement gives a name that a column has to another one. Its clauses cannot be
// taken apart.
func Reuses(clauses []Change, t *Table) bool {
	return t != nil && slices.ContainsFunc(clauses, func(c Change) bool {
		switch c := c.(type) {
		case AddColumn:
			return t.Column(c.Column.Name) != nil && (!c.IfNotExists || slices.ContainsFunc(clauses, func(o Change) bool {
				d, ok := o.(DropColumn)
				return ok && t.Among([]string{d.Column}, c.Column.Name)
			}))
		case RenameColumn:
			to := t.Column(c.To)
			return to != nil && to != t.Column(c.From)
		}
		return false
	})
}
