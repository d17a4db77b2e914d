package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// keyOfCounter says that a change makes a key over a column that the same statement lets count.
func keyOfCounter(c schema.Change, changes []schema.Change) bool {
	return slices.ContainsFunc(changes, func(other schema.Change) bool {
		switch other := other.(type) {
		case schema.AddColumn:
			return other.Column.Identity != "" && keyOver(c, other.Column.Name)
		case schema.ChangeType:
			return other.Becomes != nil && other.Becomes.Identity != "" && keyOver(c, other.Column)
		}
		return false
	})
}

// standsIn says that a change makes an index in the place of one that the same statement drops: a foreign key,
// of the table or of another, may need either of them.
func standsIn(c schema.Change, changes []schema.Change, t *schema.Table) bool {
	if t == nil || t.Extra["referenced_by"] == "" && !slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.Kind == schema.ForeignKey }) {
		return false
	}
	return slices.ContainsFunc(changes, func(other schema.Change) bool {
		drop, ok := other.(schema.DropIndex)
		if !ok {
			return false
		}
		ix := t.Index(drop.Index)
		return ix != nil && !adds(c, ix.Name) && len(ix.Columns) > 0 && keyOver(c, ix.Columns[0])
	})
}

// keyOver says that a change makes a key over a column.
func keyOver(c schema.Change, column string) bool {
	var columns []string
	switch c := c.(type) {
	case schema.CreateIndex:
		columns = c.Index.Columns
	case schema.AddConstraint:
		columns = c.Constraint.Columns
	}
	return slices.ContainsFunc(columns, func(name string) bool { return strings.EqualFold(name, column) })
}

// dropCounter drops a new column that counts together with its keys: the server takes neither alone.
func dropCounter(added schema.AddColumn, changes []schema.Change, name schema.Name) string {
	drop := "ALTER TABLE " + qualified(name) + " DROP COLUMN " + quote(added.Column.Name)
	for _, c := range changes {
		if !keyOver(c, added.Column.Name) {
			continue
		}
		switch c := c.(type) {
		case schema.CreateIndex:
			drop += ", DROP INDEX " + quote(c.Index.Name)
		case schema.AddConstraint:
			if c.Constraint.Kind == schema.PrimaryKey {
				drop += ", DROP PRIMARY KEY"
			} else if c.Constraint.Kind == schema.Unique {
				drop += ", DROP INDEX " + quote(c.Constraint.Name)
			}
		}
	}
	return ifTrue(columnWith(name, added.Column.Name, ""), drop)
}
