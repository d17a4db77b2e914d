package schema

import "slices"

// columns compares the columns of a table that both have. What a parent hands down comes with the
// parent's own change.
func (d *differ) columns(on On, h, w *Table) {
	from := len(d.middle)
	defer func() { plainFirst(d.middle[from:]) }()
	before := ""
	for _, c := range w.Columns {
		old := h.Column(c.Name)
		switch {
		case old != nil:
			was := d.handedDown(h, w, *old)
			if was.Name != c.Name { // the engine folds case
				d.middle = append(d.middle, RenameColumn{On: on, From: was.Name, To: c.Name})
				was.Name = c.Name
			}
			if d.have.Ways.Restates && (was.Generated == "virtual") != (c.Generated == "virtual") {
				d.computedAnew(h, w, was, c, d.added(on, c, w, before))
			} else {
				d.column(on, was, c)
			}
		case !c.Inherited:
			d.middle = append(d.middle, d.added(on, c, w, before))
		}
		before = c.Name
	}
	for _, c := range h.Columns {
		if w.Column(c.Name) == nil && !c.Inherited {
			d.middle = append(d.middle, DropColumn{On: on, Column: c.Name})
			d.gone[part{h.Name, "column " + c.Name}] = true
			d.gone[part{h.Name, "numbering " + c.Name}] = true
		}
	}
}

// plainFirst lets columns end to be computed before others change their types: what they were computed of may be
// among those.
func plainFirst(changes []Change) {
	rank := func(c Change) int {
		if g, ok := c.(SetGenerated); ok && g.Generated == "" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return rank(a) - rank(b) })
}

// added gives the change that adds a column to a table behind another; "" is in the first place.
func (d *differ) added(on On, c Column, w *Table, before string) AddColumn {
	add := AddColumn{On: on, Column: c}
	add.Column.Comment = ""
	add.Column.Definition += c.Checks
	if d.have.Ways.Places && !isLast(w, c.Name) {
		if add.After = before; before == "" {
			add.Position = "FIRST"
		}
	}
	return add
}

// computedAnew lets a column begin or end to be computed when it is read, where the engine only takes it away
// and adds it again, with its indexes, unique keys and checks. Values that are to stay are stored first.
func (d *differ) computedAnew(h, w *Table, was, c Column, add AddColumn) {
	stored := was
	stored.Generated, stored.Definition = "stored", ""
	if c.Generated == "" {
		add.Column = stored
	}
	over := func(columns []string, text string) bool { // "" is an expression
		return h.Among(columns, c.Name) || (len(columns) == 0 || slices.Contains(columns, "")) && Mentions(text, []string{c.Name})
	}
	drops, adds := []Change{DropColumn{On: add.On, Column: was.Name}}, []Change{add}
	for _, ix := range h.Indexes {
		if over(ix.Columns, ix.Definition) && ownIndex(h, ix) && !d.gone[part{h.Name, "index " + ix.Name}] {
			drops = append([]Change{DropIndex{On: add.On, Index: ix.Name}}, drops...)
			adds = append(adds, CreateIndex{On: add.On, Index: ix, Text: indexBody(ix.Definition)})
		}
	}
	for _, k := range h.Constraints {
		goes := k.Kind == Unique && over(k.Columns, k.Definition) || k.Kind == Check && over(k.Columns, k.Definition+k.Expr) && !inColumn(h, k)
		if goes && (!d.gone[part{h.Name, "constraint " + k.Name}] || successor(k, w) != nil) {
			drops = append([]Change{dropOf(add.On, k)}, drops...)
			adds = append(adds, AddConstraint{On: add.On, Constraint: k})
		}
	}
	d.middle = append(d.middle, Alter{On: add.On, Clauses: append(drops, adds...)})
	if c.Generated == "" {
		d.column(add.On, stored, c)
	}
}

func isLast(t *Table, column string) bool { return t.Columns[len(t.Columns)-1].Name == column }

// handedDown gives a column as it is after its parent's change, which reaches its children.
func (d *differ) handedDown(h, w *Table, old Column) Column {
	if !old.Inherited {
		return old
	}
	for i, name := range h.Parents {
		from := d.have.Table(name)
		var to *Table
		if i < len(w.Parents) {
			to = d.want.Table(w.Parents[i])
		}
		was, is := from.Column(old.Name), to.Column(old.Name)
		if was == nil || is == nil {
			continue
		}
		if was.Default != is.Default {
			old.Default = is.Default
		}
		if was.Type != is.Type || was.Collation != is.Collation {
			old.Type, old.Collation = is.Type, is.Collation
		}
		if was.NotNull != is.NotNull {
			old.NotNull = is.NotNull
		}
		if was.Generated != is.Generated || was.Expr != is.Expr {
			old.Generated, old.Expr = is.Generated, is.Expr
		}
	}
	return old
}

// column compares a column with what it is to be.
func (d *differ) column(on On, h, w Column) {
	if d.have.Ways.Restates {
		d.restated(on, h, w)
		return
	}
	typ := !sameText(h.Type, w.Type) || !sameText(h.Collation, w.Collation)
	if typ {
		d.retyped = append(d.retyped, part{on.Name, h.Name})
	}
	changes := columnChanges(on, h, w, typ)
	var last []Change
	if n := len(changes) - 1; n >= 0 {
		if c, ok := changes[n].(SetIdentity); ok && c.Identity != "" {
			changes, last = changes[:n], changes[n:]
			if h.Identity == "" {
				d.gone[part{on.Name, "numbering " + h.Name}] = true // its sequence goes in the same step
			}
		}
	}
	if typ && len(changes) > 1 {
		changes = []Change{Alter{On: on, Clauses: changes}} // a default may not fit the other type
	}
	d.middle = append(d.middle, append(changes, last...)...)
}

// columnChanges orders what differs in one column: what a clause asks to be absent goes before it.
func columnChanges(on On, h, w Column, typ bool) []Change {
	var out []Change
	computed := h.Generated != w.Generated || w.Generated != "" && !sameText(h.Expr, w.Expr)
	numbered := h.Identity != w.Identity || w.Identity != "" && !sameText(h.Numbers, w.Numbers)
	if computed {
		out = append(out, SetGenerated{On: on, Column: h.Name, Generated: w.Generated, Expr: w.Expr})
	}
	if numbered && w.Identity == "" {
		out = append(out, SetIdentity{On: on, Column: h.Name})
	}
	if numbered && h.Identity == "" {
		h.Default = "" // it goes when the column begins to number
	}
	defaults := h.Default != w.Default
	if defaults && h.Default != "" && (w.Default == "" || typ) {
		out = append(out, DropDefault{On: on, Column: h.Name})
	}
	if typ {
		c := ChangeType{On: on, Column: h.Name, Type: w.Type, Definition: w.Definition}
		if w.Type == "" { // which else means that it stays
			c.Becomes = &w
		}
		if !sameText(h.Collation, w.Collation) {
			c.Collation = w.Collation
		}
		out = append(out, c)
	}
	if defaults && w.Default != "" {
		out = append(out, SetDefault{On: on, Column: h.Name, Expr: w.Default})
	}
	if !h.forbidsNull() && w.forbidsNull() {
		out = append(out, SetNotNull{On: on, Column: h.Name, Definition: w.Definition})
	}
	if h.forbidsNull() && !w.forbidsNull() {
		out = append(out, DropNotNull{On: on, Column: h.Name, Definition: w.Definition})
	}
	if numbered && w.Identity != "" {
		out = append(out, SetIdentity{On: on, Column: h.Name, Identity: w.Identity, Numbers: w.Numbers, Onward: h.Identity == ""})
	}
	return out
}

// forbidsNull says that a column's own definition forbids NULL.
func (c Column) forbidsNull() bool { return c.NotNull && !c.Implied }

// restated compares a column whose every change states it anew.
func (d *differ) restated(on On, h, w Column) {
	typ := !sameText(h.Type, w.Type) || !sameText(h.Collation, w.Collation)
	if typ {
		d.retyped = append(d.retyped, part{on.Name, h.Name})
	}
	if !typ && sameText(h.Rest, w.Rest) && sameText(h.Checks, w.Checks) && h.NotNull == w.NotNull && h.Default == w.Default {
		return
	}
	out := []Change{ChangeType{On: on, Column: h.Name, Type: w.Type, Collation: w.Collation, Definition: w.Definition + w.Checks, Becomes: &w}}
	rest := columnChanges(on, h, w, false)
	out = append(out, slices.DeleteFunc(rest, func(c Change) bool {
		switch c.(type) {
		case SetIdentity, SetGenerated:
			return true // the definition says so
		}
		return false
	})...)
	if len(out) > 1 {
		out = []Change{Alter{On: on, Clauses: out}}
	}
	d.middle = append(d.middle, out...)
}
