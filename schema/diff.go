package schema

import "slices"

// Diff gives the changes that make of one schema the other, in an order in which they can be made:
// what tables need, what is in the way, tables and columns, foreign keys when all tables are there,
// what tables are dressed with, and last what goes. A rename looks like a drop and an add: only a
// statement can say that it is one. What is not compared is told by Uncompared.
func Diff(have, want *Schema) []Change {
	d := &differ{have: have, want: want, gone: map[part]bool{}}
	for _, w := range ParentsFirst(want, want.Tables) {
		if h := d.twin(have, want, w); h != nil {
			d.table(h, w)
		} else {
			d.create(w)
		}
	}
	d.dropTables()
	d.keysAround()
	d.objects()
	return slices.Concat(d.early, d.unlink, d.first, d.middle, d.foreign, d.late, d.last)
}

type differ struct {
	have, want    *Schema
	early         []Change // objects that tables need
	unlink, first []Change // foreign keys, then other constraints and indexes that go
	middle        []Change // tables, columns, constraints and indexes that come or change
	foreign       []Change // foreign keys that come
	late, last    []Change // objects that dress tables, and what goes: tables, objects

	gone    map[part]bool // what goes with its comments, also where it comes again
	retyped []part        // columns that change their type
}

// part is a column, index or constraint of a table.
type part struct {
	table Name
	name  string
}

// twin finds a table of one schema in the other: the default schemas may have different names.
func (d *differ) twin(in, of *Schema, t *Table) *Table {
	return in.Table(renamedSchema(in, of, t.Name))
}

func renamedSchema(in, of *Schema, name Name) Name {
	if name.Schema == of.Default {
		name.Schema = in.Default
	}
	return name
}

// here gives a name of the wanted schema as the present one has it.
func (d *differ) here(name Name) Name { return renamedSchema(d.have, d.want, name) }

// ordered puts tables behind those that they need, as far as they do not need each other.
func ordered(tables []*Table, needs func(*Table) []*Table) []*Table {
	var out []*Table
	seen := map[*Table]bool{}
	var visit func(t *Table)
	visit = func(t *Table) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		for _, n := range needs(t) {
			visit(n)
		}
		out = append(out, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return slices.DeleteFunc(out, func(t *Table) bool { return !slices.Contains(tables, t) })
}

// create makes a table. Its foreign keys come when all tables are there, unless the engine lets them
// refer ahead.
func (d *differ) create(w *Table) {
	def := *w
	def.Name = d.here(w.Name)
	def.Parents = nil
	for _, p := range w.Parents {
		def.Parents = append(def.Parents, d.here(p))
	}
	on := On{def.Name}
	if !d.want.Ways.RefersAhead {
		def.Constraints = nil
		for _, k := range w.Constraints {
			if k.Kind != ForeignKey {
				def.Constraints = append(def.Constraints, k)
			} else if !k.Inherited {
				d.addForeignKey(on, k)
			}
		}
	}
	later := func(ix Index) bool { return !servesConstraint(w, ix) && !ix.Inherited }
	def.Indexes = slices.DeleteFunc(slices.Clone(w.Indexes), func(ix Index) bool { return later(ix) && !d.inText(w) })
	d.middle = append(d.middle, CreateTable{On: on, Def: &def})
	for _, ix := range w.Indexes {
		if later(ix) && !d.inText(w) {
			d.middle = append(d.middle, CreateIndex{On: on, Index: ix, Text: indexBody(ix.Definition)})
		}
	}
}

// inText says whether a table's own text has its indexes too.
func (d *differ) inText(w *Table) bool { return d.want.Ways.Restates && w.Definition != "" }

// table compares a table that both have.
func (d *differ) table(h, w *Table) {
	on := On{h.Name}
	first, middle := len(d.first), len(d.middle)
	d.options(on, h, w)
	d.constraintsGone(on, h, w)
	for _, ix := range h.Indexes {
		if !ownIndex(h, ix) {
			continue
		}
		if other := indexCalled(w, ix.Name); other == nil || !ownIndex(w, *other) && !takenOver(ix, other) {
			d.first = append(d.first, DropIndex{On: on, Index: ix.Name})
			d.gone[part{h.Name, "index " + ix.Name}] = true
		}
	}
	d.columns(on, h, w)
	d.constraintsNew(on, h, w)
	for _, ix := range w.Indexes {
		if !ownIndex(w, ix) {
			continue
		}
		old := indexCalled(h, ix.Name)
		if old == nil || !ownIndex(h, *old) {
			d.middle = append(d.middle, CreateIndex{On: on, Index: ix, Text: indexBody(ix.Definition)})
		} else if !sameIndex(*old, ix) || old.Name != ix.Name && d.have.Ways.Restates {
			d.changeIndex(on, *old, ix, w)
		}
	}
	if d.have.Ways.Restates {
		d.together(on, h, w, first, middle)
	}
	d.visibility(on, h, w)
}

// visibility shows and hides indexes that stay.
func (d *differ) visibility(on On, h, w *Table) {
	for _, ix := range w.Indexes {
		old := indexCalled(h, ix.Name)
		if old == nil || old.Visibility.Text == ix.Visibility.Text || d.gone[part{h.Name, "index " + old.Name}] || d.gone[part{h.Name, "constraint " + old.Constraint}] {
			continue
		}
		d.late = append(d.late, SetOption{On: on, Option: ix.Visibility.Name, Text: ix.Visibility.Text})
	}
}

// options come before the columns, which may take a character set from the table.
func (d *differ) options(on On, h, w *Table) {
	called := func(t *Table, name string) *Option {
		for i := range t.Options {
			if t.Options[i].Name == name {
				return &t.Options[i]
			}
		}
		return nil
	}
	for _, o := range w.Options {
		if old := called(h, o.Name); old == nil || !sameText(old.Text, o.Text) {
			d.middle = append(d.middle, SetOption{On: on, Option: o.Name, Text: o.Text, Extra: o.Extra})
		}
	}
	for _, o := range h.Options {
		if called(w, o.Name) == nil && o.Reset != "" {
			d.middle = append(d.middle, SetOption{On: on, Option: o.Name, Text: o.Reset})
		}
	}
}

// ownIndex says that an index comes and goes by itself.
func ownIndex(t *Table, ix Index) bool { return !ix.Inherited && !servesConstraint(t, ix) }

// takenOver says that a constraint of the same name can take an index over as it is.
func takenOver(ix Index, other *Index) bool {
	return ix.Constraint == "" && other.Constraint != "" && !other.Inherited && !ix.Invalid && sameIndex(ix, *other)
}

// changeIndex builds the new index before the old one goes, where the engine can give it the name
// afterwards: what the index keeps out stays out. A column that is gone took the old one along.
func (d *differ) changeIndex(on On, old, ix Index, w *Table) {
	create := CreateIndex{On: on, Index: ix, Text: indexBody(ix.Definition)}
	drop := DropIndex{On: on, Index: old.Name}
	d.gone[part{on.Name, "index " + old.Name}] = true
	lost := slices.ContainsFunc(old.Columns, func(c string) bool { return c != "" && w.Column(c) == nil })
	switch {
	case lost:
		d.first = append(d.first, drop)
		d.middle = append(d.middle, create)
	case !d.have.Ways.RenamesIndexes:
		d.middle = append(d.middle, Alter{On: on, Clauses: []Change{drop, create}})
	default:
		create.Index.Name = SideName(old.Name, "next", shortName)
		create.Index.Definition = ""
		d.middle = append(d.middle, create, drop, RenameIndex{On: on, From: create.Index.Name, To: ix.Name})
	}
}

// shortName is a length in bytes that every engine takes.
const shortName = 60

func (d *differ) constraintsGone(on On, h, w *Table) {
	for _, k := range h.Constraints {
		if k.Inherited || inColumn(h, k) || d.sameIn(w, k, d.have, d.want) || k.Kind != ForeignKey && lostWithColumn(k, w) && (k.Kind != PrimaryKey || !d.have.Ways.KeysStay) || d.checked(&k, w.Constraint(k.Name)) {
			continue
		}
		d.gone[part{h.Name, "constraint " + k.Name}] = true
		switch {
		case k.Kind == ForeignKey:
			d.unlink = append(d.unlink, dropOf(on, k))
		case successor(k, w) == nil:
			d.first = append(d.first, dropOf(on, k))
		}
	}
}

func dropOf(on On, k Constraint) DropConstraint {
	name := k.Name
	if name == "" && k.Kind != PrimaryKey {
		name = k.Definition // it has no other name
	}
	return DropConstraint{On: on, Constraint: name, What: k.Kind}
}

// successor finds the constraint that takes the place of another: of the same name, or the other
// primary key. Both change in one statement, so that there is no time without them; but not where a
// column goes, which takes its constraints along.
func successor(k Constraint, w *Table) *Constraint {
	if slices.ContainsFunc(k.Columns, func(c string) bool { return c != "" && w.Column(c) == nil }) { // "" is an expression
		return nil
	}
	for i := range w.Constraints {
		o := &w.Constraints[i]
		if o.Kind != ForeignKey && !o.Inherited && (k.Name != "" && o.Name == k.Name || k.Kind == PrimaryKey && o.Kind == PrimaryKey) {
			return o
		}
	}
	return nil
}

func (d *differ) constraintsNew(on On, h, w *Table) {
	for i := range w.Constraints {
		k := w.Constraints[i]
		if k.Inherited || inColumn(w, k) || d.sameIn(h, k, d.want, d.have) {
			continue
		}
		if d.checked(h.Constraint(k.Name), &k) {
			d.late = append(d.late, ValidateConstraint{On: on, Constraint: k})
			continue
		}
		if k.Kind == ForeignKey {
			d.addForeignKey(on, k)
			continue
		}
		add := AddConstraint{On: on, Constraint: k}
		if own, is := indexCalled(h, k.Name), indexCalled(w, k.Name); own != nil && is != nil && ownIndex(h, *own) && takenOver(*own, is) {
			add.UsingIndex = k.Name
		}
		var c Change = add
		for _, old := range h.Constraints {
			if old.Kind != ForeignKey && !old.Inherited && successor(old, w) == &w.Constraints[i] {
				c = Alter{On: on, Clauses: []Change{dropOf(on, old), add}}
			}
		}
		d.middle = append(d.middle, c)
	}
}

func (d *differ) addForeignKey(on On, k Constraint) {
	k.RefTable = d.here(k.RefTable)
	d.foreign = append(d.foreign, AddConstraint{On: on, Constraint: k})
}
