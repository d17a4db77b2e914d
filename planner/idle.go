package planner

import (
	"slices"
	"strings"
)

// todo leaves out the changes that have nothing to do: those that say IF EXISTS of what is not there, or
// IF NOT EXISTS of what is. Changes may build on those before them.
func todo(changes []Change, s *Schema) []Change {
	if s == nil || s.Partial {
		return changes
	}
	var out []Change
	for _, c := range changes {
		if !idle(c, s) {
			out = append(out, c)
			s = Apply(s, c)
		}
	}
	return out
}

func idle(c Change, s *Schema) bool {
	t := s.Table(c.Table())
	switch c := c.(type) {
	case CreateTable:
		return c.IfNotExists && t != nil
	case DropTable:
		return c.IfExists && t == nil
	case AddColumn:
		return c.IfNotExists && t != nil && t.Column(c.Column.Name) != nil
	case DropColumn:
		return c.IfExists && t != nil && t.Column(c.Column) == nil
	case CreateIndex:
		return c.IfNotExists && t != nil && c.Index.Name != "" && t.hasIndex(c.Index.Name)
	case DropIndex:
		return c.IfExists && t != nil && !slices.ContainsFunc(t.Indexes, func(ix Index) bool { return strings.EqualFold(ix.Name, c.Index) })
	case DropConstraint:
		return c.IfExists && t != nil && t.Constraint(c.Constraint) == nil && !t.hasIndex(c.Constraint)
	}
	return false
}

// hasIndex says whether a table has an index that a failed build did not leave behind.
func (t *Table) hasIndex(name string) bool {
	return slices.ContainsFunc(t.Indexes, func(ix Index) bool {
		return !ix.Invalid && (ix.Name == name || t.FoldsCase && strings.EqualFold(ix.Name, name))
	})
}
