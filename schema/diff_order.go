package schema

import "slices"

// keysAround takes foreign keys away that stay, and adds them again, where what they rest on is made
// anew: the key that they refer to, or, where the engine demands it, the type of one of their columns.
func (d *differ) keysAround() {
	for _, t := range d.have.Tables {
		if d.twin(d.want, d.have, t) == nil {
			continue
		}
		for _, k := range t.Constraints {
			if k.Kind != ForeignKey || k.Inherited || d.gone[part{t.Name, "constraint " + k.Name}] || !d.restsOnChange(t, k) {
				continue
			}
			d.unlink = append(d.unlink, DropConstraint{On: On{t.Name}, Constraint: k.Name, What: ForeignKey})
			d.foreign = append(d.foreign, AddConstraint{On: On{t.Name}, Constraint: k})
			d.gone[part{t.Name, "constraint " + k.Name}] = true
		}
	}
}

func (d *differ) restsOnChange(t *Table, k Constraint) bool {
	to := d.have.Table(k.RefTable)
	if to == nil {
		return false
	}
	for _, other := range to.Constraints {
		key := other.Kind == PrimaryKey || other.Kind == Unique
		if key && d.gone[part{to.Name, "constraint " + other.Name}] && sameNames(other.Columns, k.RefColumns) {
			return true
		}
	}
	for _, ix := range to.Indexes {
		if ix.Unique && d.gone[part{to.Name, "index " + ix.Name}] && sameNames(ix.Columns, k.RefColumns) {
			return true
		}
	}
	return d.have.Ways.KeysHoldTypes && slices.ContainsFunc(d.retyped, func(p part) bool {
		return p.table == t.Name && t.Among(k.Columns, p.name) || p.table == to.Name && to.Among(k.RefColumns, p.name)
	})
}

// dropTables drops what is not wanted: a table after those that refer to it or inherit from it. Where
// tables refer to each other, the foreign keys go before.
func (d *differ) dropTables() {
	var leaving []*Table
	for _, h := range d.have.Tables {
		if d.twin(d.want, d.have, h) == nil {
			leaving = append(leaving, h)
		}
	}
	inOrder := ordered(leaving, func(t *Table) []*Table {
		var users []*Table
		for _, o := range leaving {
			if d.refers(o, t) || slices.ContainsFunc(o.Parents, func(p Name) bool { return d.have.Table(p) == t }) {
				users = append(users, o)
			}
		}
		return users
	})
	for i, t := range inOrder {
		d.freeNames(t)
		for _, k := range t.Constraints {
			if to := d.have.Table(k.RefTable); k.Kind == ForeignKey && to != t && slices.Contains(inOrder[:i], to) {
				d.unlink = append(d.unlink, DropConstraint{On: On{t.Name}, Constraint: k.Name, What: ForeignKey})
			}
		}
		d.last = append(d.last, DropTable{On: On{t.Name}})
	}
}

// freeNames drops indexes of a leaving table whose names other tables get: the table itself goes last.
func (d *differ) freeNames(t *Table) {
	for _, ix := range t.Indexes {
		wanted := slices.ContainsFunc(d.want.Tables, func(w *Table) bool {
			other := indexCalled(w, ix.Name)
			return d.here(w.Name).Schema == t.Name.Schema && other != nil && ownIndex(w, *other)
		})
		if d.have.Ways.SharesNames && wanted && ownIndex(t, ix) {
			d.first = append(d.first, DropIndex{On: On{t.Name}, Index: ix.Name})
		}
	}
}

func (d *differ) refers(from, to *Table) bool {
	return slices.ContainsFunc(from.Constraints, func(k Constraint) bool {
		return k.Kind == ForeignKey && d.have.Table(k.RefTable) == to
	})
}
