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

// sortOfDroppedIndex: with an index over an expression its hidden column goes.
func sortOfDroppedIndex(name string, t *schema.Table) sort {
	if hasPartitions(t) && t.Index(name) != nil && overExpression(t.Index(name).Columns) {
		return dropExpressionIndexCopied
	}
	if kind := ceasesToOrder(t, func(ix schema.Index) bool { return strings.EqualFold(ix.Name, name) }); kind != "" {
		return kind
	}
	return dropIndex
}

// longestKey is what an InnoDB index holds, in bytes.
const longestKey = 3072

// hashed says whether MariaDB may make a unique index one over a hash: where that is said, or its values are too long
// (https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/optimization-and-indexes/getting-started-with-indexes#unique-index).
func (d *Dialect) hashed(ix schema.Index, t *schema.Table) bool {
	if !d.maria() || !ix.Unique {
		return false
	}
	toks := tokenize(ix.Definition, d.mode)
	for i := range toks {
		if toks[i].is("hash") && i > 0 && toks[i-1].is("using") {
			return true
		}
	}
	bytes := 0
	for _, name := range ix.Columns {
		col := t.Column(name)
		if col == nil {
			return true
		}
		kind := columnType(col.Type, col.Collation)
		switch {
		case strings.HasSuffix(kind.name, "blob"), strings.HasSuffix(kind.name, "text"), kind.name == "json":
			return true
		case kind.isText():
			bytes += kind.arg(1) * charsetBytes(kind.charset)
		default:
			bytes += kind.arg(8)
		}
	}
	return bytes > longestKey
}

// addsHashed says that a new unique index over columns that are there is one over hashes. One over the beginnings of
// values is none.
func (d *Dialect) addsHashed(ix schema.Index, text string, t *schema.Table) bool {
	ix.Definition = text
	there := !slices.ContainsFunc(ix.Columns, func(name string) bool { return t.Column(name) == nil })
	return there && !partOfColumn.MatchString(text) && d.hashed(ix, t)
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
