package mysql

import (
	"regexp"
	"slices"
	"strings"

	"surefoot/schema"
)

// InnoDB keeps a table's rows in the order of its primary key; without one, in that of the first unique key
// that cannot be NULL. A key that comes to be the one, or ceases to be it, rewrites the table.

// clustered gives the index that orders the rows of a table without a primary key, and whether another could
// take its place; nil: there is none, or a primary key does.
func clustered(t *schema.Table) (first *schema.Index, another bool) {
	if t == nil || slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.Kind == schema.PrimaryKey }) {
		return nil, false
	}
	for i, ix := range t.Indexes {
		switch {
		case ix.Primary:
			return nil, false
		case !orders(ix, t):
		case first != nil:
			return first, true
		default:
			first = &t.Indexes[i]
		}
	}
	return first, false
}

// orders says whether a unique key may order a table's rows.
func orders(ix schema.Index, t *schema.Table) bool {
	return ix.Unique && !ix.Prefix && !slices.ContainsFunc(ix.Columns, func(name string) bool {
		c := t.Column(name)
		return c == nil || !c.NotNull || c.Generated == "virtual"
	})
}

var partOfColumn = regexp.MustCompile(`\(\s*(\d+)\s*\)`)

// indexOf gives the index of a unique key.
func indexOf(k schema.Constraint) schema.Index {
	return schema.Index{Name: k.Name, Columns: k.Columns, Unique: true, Prefix: partOfColumn.MatchString(k.Definition)}
}

// comesToOrder says that a new unique key will order a table's rows.
func comesToOrder(ix schema.Index, t *schema.Table) bool {
	if t == nil {
		return false
	}
	first, _ := clustered(t)
	primary := slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.Kind == schema.PrimaryKey })
	return first == nil && !primary && orders(ix, t)
}

// ceasesToOrder gives the sort of a change that takes away, or lets be NULL, what orders a table's rows;
// empty: it does not.
func ceasesToOrder(t *schema.Table, takes func(ix schema.Index) bool) sort {
	first, another := clustered(t)
	switch {
	case first == nil || !takes(*first):
		return ""
	case another:
		return dropClusteredOfTwo
	}
	return dropClustered
}

// addsOrder says that a statement adds a key that orders the table's rows when the statement is done.
func addsOrder(clauses []schema.Change, s *schema.Schema) bool {
	after := s
	for _, c := range clauses {
		if after != nil {
			after = schema.Apply(after, c)
		}
	}
	return slices.ContainsFunc(clauses, func(c schema.Change) bool {
		ix := schema.Index{}
		switch c := c.(type) {
		case schema.AddConstraint:
			if c.Constraint.Kind == schema.PrimaryKey {
				return true
			}
			ix = indexOf(c.Constraint)
			ix.Unique = c.Constraint.Kind == schema.Unique
		case schema.CreateIndex:
			ix = c.Index
		}
		return ix.Unique && after != nil && after.Table(c.Table()) != nil && orders(ix, after.Table(c.Table()))
	})
}

// sortIn finds a change's kind where its table is as a schema has it.
func (d *Dialect) sortIn(c schema.Change, s *schema.Schema) sort {
	if s == nil {
		return d.sortOf(c, nil)
	}
	if r, ok := c.(schema.RenameColumn); ok && s.Referrer(c.Table(), r.From) != "" {
		return renameReferred
	}
	return d.sortOf(c, s.Table(c.Table()))
}

func hasColumn(ix schema.Index, name string) bool {
	return slices.ContainsFunc(ix.Columns, func(c string) bool { return strings.EqualFold(c, name) })
}
