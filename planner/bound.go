package planner

import "slices"

// Bound gives the named tables that there are, and those that foreign keys bind to them, now or
// after the change.
func Bound(have, after *Schema, names []Name) []*Table {
	var out []*Table
	add := func(n Name) {
		if t := have.Table(n); t != nil && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, n := range names {
		add(n)
	}
	for _, t := range slices.Clone(out) {
		for _, k := range ForeignKeys(have, after, t) {
			add(k.RefTable)
		}
		for _, other := range have.Tables {
			if slices.ContainsFunc(ForeignKeys(have, nil, other), func(k Constraint) bool { return have.Table(k.RefTable) == t }) {
				add(other.Name)
			}
		}
	}
	return out
}

// ForeignKeys gives the foreign keys that a table has, and those that it gets, with the schemas of
// the tables that they refer to filled in.
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
		keys = append(keys, k)
	}
	return keys
}
