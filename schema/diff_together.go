package schema

import "slices"

// together makes one statement of what the engine takes in one only: a column that numbers its rows and the
// key that it needs, and a primary key with a column that it loses. first and middle are how many changes
// were there before those of the table.
func (d *differ) together(on On, h, w *Table, first, middle int) {
	names := bound(h, w, slices.Concat(d.first[first:], d.middle[middle:]))
	if len(names) == 0 {
		return
	}
	var one []Change
	take := func(all []Change) (left []Change) {
		for _, c := range all {
			if !slices.ContainsFunc(touched(h, c), func(n string) bool { return h.Among(names, n) }) {
				left = append(left, c)
				continue
			}
			one = append(one, Flatten([]Change{c})...)
		}
		return left
	}
	drops := take(d.first[first:])
	rest := take(d.middle[middle:])
	if len(one) > 1 {
		one = []Change{Alter{On: on, Clauses: one}}
	}
	d.first = append(d.first[:first], drops...)
	d.middle = append(append(d.middle[:middle], one...), rest...)
}

// bound gives the columns whose changes belong together.
func bound(h, w *Table, changes []Change) []string {
	var names []string
	numbers := func(t *Table, name string) bool { c := t.Column(name); return c != nil && c.Identity != "" }
	for _, t := range []*Table{h, w} {
		for _, c := range t.Columns {
			keyed := func(c2 Change) bool {
				switch c2.(type) {
				case DropConstraint, DropIndex, Alter:
					return h.Among(touched(h, c2), c.Name)
				}
				return false
			}
			if numbers(h, c.Name) != numbers(w, c.Name) || numbers(h, c.Name) && slices.ContainsFunc(changes, keyed) {
				names = append(names, c.Name)
			}
		}
	}
	was, is := primaryKey(h).Columns, primaryKey(w).Columns
	if slices.ContainsFunc(was, func(n string) bool { return w.Column(n) == nil }) {
		names = slices.Concat(names, was, is)
	}
	for more := true; more; {
		more = false
		for _, c := range Flatten(changes) {
			if slices.ContainsFunc(touched(h, c), func(n string) bool { return h.Among(names, n) }) {
				for _, n := range comesWith(c) {
					if h.Column(n) == nil && !h.Among(names, n) {
						names, more = append(names, n), true
					}
				}
			}
		}
	}
	return names
}

// comesWith names the columns that must be there for a change: those of its key, and the one that it stands behind.
func comesWith(c Change) []string {
	if add, ok := c.(AddColumn); ok && add.After != "" {
		return []string{add.After}
	}
	return ColumnsOf(c)
}

func primaryKey(t *Table) Constraint {
	for _, k := range t.Constraints {
		if k.Kind == PrimaryKey {
			return k
		}
	}
	return Constraint{}
}

// touched names the columns of a table that a change is about, also where it names a key of theirs only.
func touched(t *Table, c Change) []string {
	switch c := c.(type) {
	case Alter:
		var all []string
		for _, each := range c.Clauses {
			all = append(all, touched(t, each)...)
		}
		return all
	case AddColumn:
		return []string{c.Column.Name}
	case DropIndex:
		if ix := indexCalled(t, c.Index); ix != nil {
			return ix.Columns
		}
	case DropConstraint:
		for _, k := range t.Constraints {
			if k.Kind == c.What && (k.Name == c.Constraint || k.Kind == PrimaryKey) {
				return k.Columns
			}
		}
	}
	return ColumnsOf(c)
}
