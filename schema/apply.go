package schema

import (
	"maps"
	"slices"
	"strings"
)

// Apply gives the schema as it is after a change, as far as planning needs it; s stays as it is.
// Statements that follow are planned against it.
func Apply(s *Schema, c Change) *Schema {
	switch c := c.(type) {
	case Native:
		return applyAll(s, Flatten(c.Clauses))
	case Alter:
		return applyAll(s, Flatten(c.Clauses))
	}
	return unsettle(applyOne(s, c), s, c)
}

func applyOne(s *Schema, c Change) *Schema {
	next := *s
	switch c := c.(type) {
	case CreateTable:
		if c.Def == nil || s.Table(c.Name) != nil {
			return s
		}
		def := *c.Def
		def.Name = s.Resolve(c.Name)
		def.Stats = c.sizes()
		next.Tables = append(slices.Clone(s.Tables), &def)
		return &next
	case DropTable:
		next.Tables = slices.DeleteFunc(slices.Clone(s.Tables), func(t *Table) bool { return t == s.Table(c.Name) })
		return &next
	case ChangeObject:
		next.Objects = c.apply(s.Objects)
		return &next
	case Verbatim:
		for _, extra := range c.Extra {
			if t := s.Table(extra.Name); t != nil {
				named := t.clone()
				named.note(extra.Texts)
				s = s.With(t, named)
			}
		}
	}
	t := s.Table(c.Table())
	if t == nil {
		return s
	}
	changed := t.clone()
	changed.apply(c)
	return s.With(t, changed).handDown(t, c).refer(t, changed, c)
}

// sizes are those of a new table: none, but for one that a query fills.
func (c CreateTable) sizes() Stats {
	if c.Filled {
		return Stats{}
	}
	zero := int64(0)
	return Stats{Rows: &zero, Bytes: &zero, IndexBytes: &zero}
}

// handDown lets what changes of a parent's columns reach its heirs, and theirs.
func (s *Schema) handDown(parent *Table, c Change) *Schema {
	column := Alters(c)
	switch named := c.(type) {
	case AddColumn:
		named.Column.Inherited = true
		c = named
	case DropColumn:
		column = named.Column
	case RenameColumn:
		column = named.From
	default:
		if column == "" {
			return s
		}
	}
	for _, was := range s.Tables {
		if len(was.Parents) == 0 {
			continue
		}
		t := s.Table(was.Name) // one may be the heir of several
		has := t.Column(column)
		if !slices.ContainsFunc(t.Parents, func(n Name) bool { return s.Resolve(n) == parent.Name }) || column != "" && (has == nil || !has.Inherited) {
			continue
		}
		heir := t.clone()
		heir.apply(c)
		s = s.With(t, heir).handDown(t, c)
	}
	return s
}

// applyAll applies the clauses of one statement.
func applyAll(s *Schema, clauses []Change) *Schema {
	if t := AlteredTable(s, clauses); t != nil && len(clauses) > 1 {
		after, _ := t.together(clauses)
		next := s.With(t, after)
		for _, c := range clauses {
			next = unsettle(next.handDown(t, c), s, c)
		}
		return next.refer(t, after, clauses...)
	}
	for _, c := range clauses {
		s = Apply(s, c)
	}
	return s
}

// AlteredTable gives the table that all clauses alter; nil where there is none, or one comes, goes
// or gets another name.
func AlteredTable(s *Schema, clauses []Change) *Table {
	var t *Table
	for i, c := range clauses {
		switch c.(type) {
		case CreateTable, DropTable, RenameTable:
			return nil
		}
		on := s.Table(c.Table())
		if on == nil || i > 0 && on != t {
			return nil
		}
		t = on
	}
	return t
}

// With gives the schema with another table in the place of one.
func (s *Schema) With(t, other *Table) *Schema {
	next := *s
	next.Tables = slices.Clone(s.Tables)
	next.Tables[slices.Index(next.Tables, t)] = other
	return &next
}

func (t *Table) clone() *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	c.Indexes = slices.Clone(t.Indexes)
	c.Constraints = slices.Clone(t.Constraints)
	c.Applied = slices.Clone(t.Applied)
	if c.Origin == nil {
		c.Origin = t
	}
	return &c
}

// apply changes the table itself; only Apply calls it, on a clone.
func (t *Table) apply(c Change) {
	if v, unread := c.(Verbatim); unread {
		t.applyUnread(v)
		return
	}
	t.Applied = append(t.Applied, c)
	switch c := c.(type) {
	case RenameTable:
		t.Name.Table = c.To
	case AddColumn:
		if t.Column(c.Column.Name) == nil {
			t.Columns = append(t.Columns, c.Column)
		}
	case DropColumn:
		t.dropColumn(c.Column)
	case RenameColumn:
		t.renameColumn(c.From, c.To)
	case ChangeType:
		t.with(c.Column, c.become)
	case SetNotNull:
		t.with(c.Column, func(col *Column) { col.NotNull = true })
	case DropNotNull:
		t.with(c.Column, func(col *Column) { col.NotNull, col.NotNullName, col.NotNullText = false, "", "" })
	case SetDefault:
		t.with(c.Column, func(col *Column) { col.Default = c.Expr })
	case DropDefault:
		t.with(c.Column, func(col *Column) { col.Default = "" })
	case SetIdentity:
		t.with(c.Column, func(col *Column) { col.Identity, col.Numbers = c.Identity, c.Numbers })
	case SetGenerated:
		t.with(c.Column, func(col *Column) { col.Generated, col.Expr = c.Generated, c.Expr })
	case CreateIndex:
		t.Indexes = append(t.Indexes, c.Index)
	case DropIndex:
		t.dropIndex(c.Index)
	case RenameIndex:
		t.renameIndex(c.From, c.To)
	case SetOption:
		t.note(c.Extra)
	case TwinIndex:
		t.Indexes = append(t.Indexes, t.twin(c))
	case ReplaceIndex:
		t.replaceIndex(c)
	case AddConstraint:
		t.addConstraint(c)
	case ValidateConstraint:
		t.validate(c.Constraint)
	case DropConstraint:
		t.dropConstraint(c.Constraint)
	}
}

// applyUnread applies what is known of a statement that was not read.
func (t *Table) applyUnread(v Verbatim) {
	if v.Moves != "" {
		t.Name.Schema = v.Moves
	}
	t.Triggers = slices.DeleteFunc(slices.Clone(t.Triggers), func(tr Trigger) bool { return v.DropsTrigger != "" && strings.EqualFold(tr.Name, v.DropsTrigger) })
	if v.MakesTrigger != nil {
		t.Triggers = append(t.Triggers, *v.MakesTrigger)
	}
}

// become gives a column its new type, or all that it is to be.
func (c ChangeType) become(col *Column) {
	if c.Becomes != nil {
		name := col.Name
		*col = *c.Becomes
		col.Name = name
		return
	}
	col.Type = c.Type
	if c.Collation != "" {
		col.Collation = c.Collation
	}
}

func (t *Table) validate(which Constraint) {
	for i := range t.Constraints {
		k := &t.Constraints[i]
		if k.Name == which.Name && (k.Name != "" || k.Definition == which.Definition) {
			k.NotValid = false
		}
	}
}

func (t *Table) dropConstraint(name string) {
	t.Constraints = slices.DeleteFunc(t.Constraints, func(k Constraint) bool { return k.Name == name })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(ix Index) bool { return ix.Constraint != "" && ix.Constraint == name })
	if col := t.NotNullBy(name); col != nil {
		col.NotNull, col.NotNullName, col.NotNullText = false, "", ""
	}
}

// note writes into what only the dialect reads.
func (t *Table) note(what map[string]string) {
	extra := map[string]string{}
	maps.Copy(extra, t.Extra)
	maps.Copy(extra, what)
	t.Extra = extra
}

// NotNullBy gives the column whose NOT NULL a constraint of that name is; nil: none.
func (t *Table) NotNullBy(name string) *Column {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		if name != "" && t.Columns[i].NotNullName == name {
			return &t.Columns[i]
		}
	}
	return nil
}

func (t *Table) with(column string, f func(*Column)) {
	if col := t.Column(column); col != nil {
		f(col)
	}
}

func (t *Table) dropColumn(name string) {
	col := t.Column(name)
	if col == nil {
		return
	}
	name = col.Name
	t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool { return c.Name == name })
	outlives := map[string]bool{} // constraints whose index does
	for i, ix := range t.Indexes {
		if t.Without != nil && len(ix.Columns) > 1 && slices.Contains(ix.Columns, name) {
			t.Indexes[i] = t.Without(ix, name)
			outlives[ix.Constraint] = ix.Constraint != ""
		}
	}
	t.Indexes = slices.DeleteFunc(t.Indexes, func(ix Index) bool { return slices.Contains(ix.Columns, name) })
	for i, k := range t.Constraints {
		if outlives[k.Name] {
			t.Constraints[i].Columns = slices.DeleteFunc(slices.Clone(k.Columns), func(c string) bool { return c == name })
		}
	}
	t.Constraints = slices.DeleteFunc(t.Constraints, func(k Constraint) bool { return slices.Contains(k.Columns, name) })
}

// dropIndex drops the constraint too that the index serves.
func (t *Table) dropIndex(name string) {
	ix := t.Index(name)
	if ix == nil {
		return
	}
	gone := *ix
	t.Indexes = slices.DeleteFunc(t.Indexes, func(ix Index) bool { return ix.Name == gone.Name })
	t.Constraints = slices.DeleteFunc(t.Constraints, func(k Constraint) bool { return gone.Constraint != "" && k.Name == gone.Constraint })
}

// twin is the index that a TwinIndex builds.
func (t *Table) twin(c TwinIndex) Index {
	ix := c.Of
	ix.Name, ix.Constraint, ix.Definition, ix.Like = c.Twin, "", "", &c
	ix.Columns, ix.Uses = t.renamed(ix.Columns, c.Old, c.New), t.renamed(ix.Uses, c.Old, c.New)
	return ix
}

func (t *Table) replaceIndex(c ReplaceIndex) {
	t.Indexes = slices.DeleteFunc(t.Indexes, func(ix Index) bool { return ix.Name == c.Of.Name })
	for i := range t.Indexes {
		if t.Indexes[i].Name == c.Twin {
			t.Indexes[i].Constraint = c.Of.Constraint
		}
	}
	t.renameIndex(c.Twin, c.Of.Name)
	for i := range t.Constraints {
		if k := &t.Constraints[i]; c.Of.Constraint != "" && k.Name == c.Of.Constraint {
			k.Columns, k.Definition = t.renamed(k.Columns, c.Old, c.New), ""
		}
	}
}

func (t *Table) addConstraint(c AddConstraint) {
	k := c.Constraint
	t.Constraints = append(t.Constraints, k)
	if k.Kind != PrimaryKey && k.Kind != Unique {
		return
	}
	at := slices.IndexFunc(t.Indexes, func(ix Index) bool { return c.UsingIndex != "" && ix.Name == c.UsingIndex })
	if at < 0 {
		at = len(t.Indexes)
		t.Indexes = append(t.Indexes, Index{Columns: k.Columns, Unique: true})
	}
	ix := &t.Indexes[at] // an index that the constraint takes over gets its name
	ix.Name, ix.Constraint, ix.Primary = k.Name, k.Name, k.Kind == PrimaryKey
	if k.Kind == PrimaryKey {
		for _, name := range k.Columns {
			t.with(name, func(col *Column) { col.NotNull = true })
		}
	}
}
