package schema

import "slices"

// Bound gives the named tables that there are, those that they inherit from and that inherit from them, and
// those that foreign keys bind to them, now or after the change: parents first.
func Bound(have, after *Schema, names []Name) []*Table {
	var out []*Table
	add := func(t *Table) {
		if t != nil && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, n := range names {
		add(have.Table(n))
	}
	heirs, referring := map[*Table][]*Table{}, map[*Table][]*Table{}
	for _, t := range have.Tables {
		for _, p := range t.Parents {
			heirs[have.Table(p)] = append(heirs[have.Table(p)], t)
		}
		for _, k := range ForeignKeys(have, nil, t) {
			referring[have.Table(k.RefTable)] = append(referring[have.Table(k.RefTable)], t)
		}
	}
	kin := func() {
		for i := 0; i < len(out); i++ {
			for _, p := range out[i].Parents {
				add(have.Table(p))
			}
			for _, t := range heirs[out[i]] {
				add(t)
			}
		}
	}
	kin()
	for _, t := range slices.Clone(out) {
		for _, k := range ForeignKeys(have, after, t) {
			add(have.Table(k.RefTable))
		}
		for _, other := range referring[t] {
			add(other)
		}
	}
	kin()
	return ParentsFirst(have, out)
}

// Heirs gives the tables that inherit from one, and those that inherit from these, each once.
func (s *Schema) Heirs(of *Table) []*Table {
	var out []*Table
	for next := []*Table{of}; len(next) > 0; next = next[1:] {
		for _, t := range s.Tables {
			if !slices.Contains(out, t) && slices.ContainsFunc(t.Parents, func(n Name) bool { return s.means(n, next[0]) }) {
				out, next = append(out, t), append(next, t)
			}
		}
	}
	return out
}

// primary gives the columns of a table's primary key; nil: it has none.
func (t *Table) primary() []string {
	for _, ix := range t.Indexes {
		if ix.Primary {
			return ix.Columns
		}
	}
	for _, k := range t.Constraints {
		if k.Kind == PrimaryKey {
			return k.Columns
		}
	}
	return nil
}

// ParentsFirst orders tables of a schema so that each comes after those that it inherits from.
func ParentsFirst(s *Schema, tables []*Table) []*Table {
	return ordered(tables, func(t *Table) []*Table {
		var out []*Table
		for _, p := range t.Parents {
			out = append(out, s.Table(p))
		}
		return out
	})
}

// ForeignKeys gives the foreign keys that a table has, and those that it gets, with the schemas of
// the tables that they refer to filled in, and the columns of a primary key that is meant and not named.
func ForeignKeys(have, after *Schema, t *Table) []Constraint {
	all := slices.Clone(t.Constraints)
	if later := after.Table(t.Name); later != nil {
		all = append(all, later.Constraints...)
	}
	var keys []Constraint
	for _, k := range all {
		if k.Kind != ForeignKey || slices.ContainsFunc(keys, func(o Constraint) bool { return o.Name == k.Name && o.Name != "" }) {
			continue
		}
		if k.RefTable.Schema == "" {
			k.RefTable.Schema = t.Name.Schema
		}
		if later := after.Table(k.RefTable); later != nil && later.Origin != nil {
			k.RefColumns = later.namesOfOrigin(k.RefColumns)
			if have.Table(k.RefTable) == nil {
				k.RefTable = later.Origin.Name // by its name of now
			}
		}
		for _, s := range []*Schema{have, after} {
			if to := s.Table(k.RefTable); to != nil && len(k.RefColumns) == 0 {
				k.RefColumns = to.primary()
			}
		}
		keys = append(keys, k)
	}
	return keys
}

// namesOfOrigin gives columns by the names that they had before the changes, where these gave them others.
func (t *Table) namesOfOrigin(names []string) []string {
	names = slices.Clone(names)
	for i := range names {
		if t.Origin.Column(names[i]) != nil {
			continue
		}
		for _, c := range slices.Backward(t.Applied) {
			if r, ok := c.(RenameColumn); ok && t.Among(names[i:i+1], r.To) {
				names[i] = r.From
			}
		}
	}
	return names
}
