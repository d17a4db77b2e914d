package schema

import "slices"

func (t *Table) renameColumn(from, to string) {
	t.with(from, func(col *Column) { from, col.Name = col.Name, to })
	text := func(texts ...*string) {
		for _, s := range texts {
			if t.Renamed != nil && *s != "" {
				*s = t.Renamed(*s, from, to)
			}
		}
	}
	for i := range t.Columns {
		if col := &t.Columns[i]; col.Generated != "" {
			text(&col.Expr, &col.Definition, &col.Rest)
		} else {
			text(&col.Checks, &col.NotNullText)
		}
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		text(&ix.Definition, &ix.Rest)
		ix.Columns, ix.Uses = t.renamed(ix.Columns, from, to), t.renamed(ix.Uses, from, to)
	}
	for i := range t.Constraints {
		k := &t.Constraints[i]
		own := t.Among(k.Columns, from)
		k.Columns = t.renamed(k.Columns, from, to)
		switch {
		case k.Kind != ForeignKey:
			text(&k.Definition, &k.Expr)
		case own && t.Refers != nil:
			text(&k.Actions)
			k.Definition = t.Refers(*k)
		}
	}
}

// refer lets foreign keys follow the table that they refer to, or its columns, when these have other names.
func (s *Schema) refer(was, is *Table, changes ...Change) *Schema {
	next := s
	for _, t := range s.Tables {
		var heir *Table
		for i, k := range t.Constraints {
			if t.Refers == nil || k.Kind != ForeignKey || k.Referred(t.Name) != was.Name {
				continue
			}
			k.RefColumns = slices.Clone(k.RefColumns)
			for n, column := range k.RefColumns {
				for _, c := range changes {
					if r, ok := c.(RenameColumn); ok && is.Among([]string{column}, r.From) {
						k.RefColumns[n] = r.To
					}
				}
			}
			if was.Name == is.Name && slices.Equal(k.RefColumns, t.Constraints[i].RefColumns) {
				continue
			}
			if heir == nil {
				heir = t.clone()
			}
			k.RefTable = is.Name
			k.Definition = t.Refers(k)
			heir.Constraints[i] = k
		}
		if heir != nil {
			next = next.With(t, heir)
		}
	}
	return next
}

// renamed gives the names with one in the place of another.
func (t *Table) renamed(names []string, from, to string) []string {
	names = slices.Clone(names)
	for i := range names {
		if t.Among(names[i:i+1], from) {
			names[i] = to
		}
	}
	return names
}

// renameIndex renames the constraint too that the index serves.
func (t *Table) renameIndex(from, to string) {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		if ix.Name != from {
			continue
		}
		ix.Name = to
		if k := t.Constraint(from); ix.Constraint == from && k != nil {
			ix.Constraint, k.Name = to, to
		}
	}
}
