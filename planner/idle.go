package planner

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// idle says that IF EXISTS or IF NOT EXISTS makes a clause nothing.
func idle(c schema.Change, s *schema.Schema) bool {
	t := s.Table(c.Table())
	switch c := c.(type) {
	case schema.CreateTable:
		return c.IfNotExists && t != nil
	case schema.DropTable:
		return c.IfExists && t == nil
	case schema.AddColumn:
		return c.IfNotExists && t != nil && t.Column(c.Column.Name) != nil
	case schema.DropColumn:
		return c.IfExists && t != nil && t.Column(c.Column) == nil
	case schema.CreateIndex:
		return c.IfNotExists && t != nil && c.Index.Name != "" && hasIndex(t, c.Index.Name)
	case schema.DropIndex:
		return c.IfExists && (t != nil || c.Name.Table == "") && t.Index(c.Index) == nil
	case schema.DropConstraint:
		return c.IfExists && t != nil && t.Constraint(c.Constraint) == nil && !hasIndex(t, c.Constraint) && t.NotNullBy(c.Constraint) == nil
	}
	return false
}

// hasIndex says whether a table has an index that a failed build did not leave behind.
func hasIndex(t *schema.Table, name string) bool {
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return !ix.Invalid && (ix.Name == name || t.FoldsCase && strings.EqualFold(ix.Name, name))
	})
}
