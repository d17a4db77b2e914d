package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

func sortOfIndex(c schema.CreateIndex, t *schema.Table) sort {
	switch {
	case overExpression(c.Index.Columns):
		return sortOfExpression(c.Index.Unique, t)
	case strings.HasPrefix(c.Text, "FULLTEXT"):
		return addFulltext
	case strings.HasPrefix(c.Text, "SPATIAL"):
		return addSpatial
	case strings.HasPrefix(c.Text, "VECTOR"):
		return unheardOf
	case comesToOrder(c.Index, t):
		return addClustered
	}
	return addIndex
}

func overExpression(parts []string) bool { return slices.Contains(parts, "") }

// sortOfExpression: MySQL keeps the values of an expression in a virtual column that nobody sees, and adds one
// online only where no other of that kind is there, for keys that are not unique, of tables without partitions.
func sortOfExpression(unique bool, t *schema.Table) sort {
	if unique || hasPartitions(t) || t != nil && slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return overExpression(ix.Columns) }) {
		return addExpressionIndexCopied
	}
	return addExpressionIndex
}

func hasPartitions(t *schema.Table) bool { return t != nil && t.Extra["partitions"] != "" }

// sortOfDroppedIndex: with an index over an expression its hidden column goes, and with the last one over hashes theirs.
func (d *Dialect) sortOfDroppedIndex(name string, t *schema.Table) sort {
	if keys := d.overHashes(t); len(keys) == 1 && strings.EqualFold(keys[0].Name, name) {
		return dropHashed
	}
	if hasPartitions(t) && t.Index(name) != nil && overExpression(t.Index(name).Columns) {
		return dropExpressionIndexCopied
	}
	if kind := ceasesToOrder(t, func(ix schema.Index) bool { return strings.EqualFold(ix.Name, name) }); kind != "" {
		return kind
	}
	return dropIndex
}

func sortOfConstraint(k schema.Constraint, t *schema.Table) sort {
	switch k.Kind {
	case schema.PrimaryKey:
		return addPrimaryKey
	case schema.Unique:
		if overExpression(k.Columns) {
			return sortOfExpression(true, t)
		}
		if comesToOrder(indexOf(k), t) {
			return addClustered
		}
		return addIndex
	case schema.Check:
		if k.NotValid {
			return addCheckLater
		}
		return addCheck
	case schema.ForeignKey:
		if k.NotValid {
			return addForeignKeyLater
		}
		return addForeignKey
	case schema.OtherKind:
	}
	return unheardOf
}
