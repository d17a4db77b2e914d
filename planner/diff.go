package planner

import (
	"regexp"
	"slices"
	"strings"
)

// Diff gives the changes that make of one schema the other, in an order in which they can be made:
// what is in the way goes first, foreign keys come when all tables are there, tables go last. A
// rename looks like a drop and an add: only a statement can say that it is one. Comments, triggers
// and views are not compared.
func Diff(have, want *Schema) []Change {
	d := &differ{have: have, want: want}
	for _, w := range want.Tables {
		if h := d.twin(have, want, w); h != nil {
			d.table(h, w)
		} else {
			d.create(w)
		}
	}
	for _, h := range have.Tables {
		if d.twin(want, have, h) == nil {
			d.last = append(d.last, DropTable{On: On{h.Name}})
		}
	}
	return slices.Concat(d.first, d.middle, d.foreign, d.last)
}

type differ struct {
	have, want                   *Schema
	first, middle, foreign, last []Change
}

// twin finds a table of one schema in the other: the default schemas may have different names.
func (d *differ) twin(in, of *Schema, t *Table) *Table {
	name := t.Name
	if name.Schema == of.Default {
		name.Schema = in.Default
	}
	return in.Table(name)
}

func (d *differ) create(w *Table) {
	def := *w
	if def.Name.Schema == d.want.Default {
		def.Name.Schema = d.have.Default
	}
	on := On{def.Name}
	d.middle = append(d.middle, CreateTable{On: on, SQL: w.Definition, Def: &def})
	for _, ix := range w.Indexes {
		if !servesConstraint(w, ix) {
			d.middle = append(d.middle, CreateIndex{On: on, Index: ix, Text: indexBody(ix.Definition)})
		}
	}
}

// table compares a table that both have.
func (d *differ) table(h, w *Table) {
	on := On{h.Name}
	d.constraintsGone(on, h, w)
	for _, ix := range h.Indexes {
		if servesConstraint(h, ix) {
			continue
		}
		if other := indexCalled(w, ix.Name); other == nil || !sameIndex(ix, *other) {
			d.first = append(d.first, DropIndex{On: on, Index: ix.Name})
		}
	}
	for _, c := range w.Columns {
		if old := h.Column(c.Name); old == nil {
			d.middle = append(d.middle, AddColumn{On: on, Column: c})
		} else {
			d.middle = append(d.middle, columnChanges(on, *old, c)...)
		}
	}
	for _, c := range h.Columns {
		if w.Column(c.Name) == nil {
			d.middle = append(d.middle, DropColumn{On: on, Column: c.Name})
		}
	}
	d.constraintsNew(on, h, w)
	for _, ix := range w.Indexes {
		if servesConstraint(w, ix) {
			continue
		}
		if other := indexCalled(h, ix.Name); other == nil || !sameIndex(*other, ix) {
			d.middle = append(d.middle, CreateIndex{On: on, Index: ix, Text: indexBody(ix.Definition)})
		}
	}
}

// columnChanges compares a column with what it is to be. A computed column, or one that hands out
// numbers, cannot become one that does not by any change: it goes and comes again.
func columnChanges(on On, h, w Column) []Change {
	if h.Generated != w.Generated || h.Identity != w.Identity || w.Generated != "" && squeeze(h.Expr) != squeeze(w.Expr) {
		return []Change{DropColumn{On: on, Column: h.Name}, AddColumn{On: on, Column: w}}
	}
	var out []Change
	if !strings.EqualFold(squeeze(h.Type), squeeze(w.Type)) || !strings.EqualFold(h.Collation, w.Collation) {
		c := ChangeType{On: on, Column: h.Name, Type: w.Type, Definition: w.Definition}
		if !strings.EqualFold(h.Collation, w.Collation) {
			c.Collation = w.Collation
		}
		out = append(out, c)
	}
	if h.Default != w.Default && w.Default == "" {
		out = append(out, DropDefault{On: on, Column: h.Name})
	} else if h.Default != w.Default {
		out = append(out, SetDefault{On: on, Column: h.Name, Expr: w.Default})
	}
	if !h.NotNull && w.NotNull {
		out = append(out, SetNotNull{On: on, Column: h.Name, Definition: w.Definition})
	} else if h.NotNull && !w.NotNull {
		out = append(out, DropNotNull{On: on, Column: h.Name, Definition: w.Definition})
	}
	return out
}

func (d *differ) constraintsGone(on On, h, w *Table) {
	for _, k := range h.Constraints {
		if d.sameIn(w, k, d.have, d.want) || lostWithColumn(k, w) {
			continue
		}
		name := k.Name
		if name == "" && k.Kind != PrimaryKey {
			name = k.Definition // it has no other name
		}
		d.first = append(d.first, DropConstraint{On: on, Constraint: name, What: k.Kind})
	}
}

func (d *differ) constraintsNew(on On, h, w *Table) {
	for _, k := range w.Constraints {
		if d.sameIn(h, k, d.want, d.have) {
			continue
		}
		c := AddConstraint{On: on, Constraint: k}
		if k.Kind == ForeignKey {
			if c.Constraint.RefTable.Schema == d.want.Default {
				c.Constraint.RefTable.Schema = d.have.Default
			}
			d.foreign = append(d.foreign, c)
			continue
		}
		d.middle = append(d.middle, c)
	}
}

// lostWithColumn says that a constraint of one column goes with its column.
func lostWithColumn(k Constraint, w *Table) bool {
	return len(k.Columns) == 1 && w.Column(k.Columns[0]) == nil
}

// sameIn says whether a table has the same constraint under the same name.
func (d *differ) sameIn(t *Table, k Constraint, from, to *Schema) bool {
	return slices.ContainsFunc(t.Constraints, func(o Constraint) bool {
		a, b := k.RefTable, o.RefTable
		if a.Schema == from.Default {
			a.Schema = ""
		}
		if b.Schema == to.Default {
			b.Schema = ""
		}
		return o.Kind == k.Kind && (o.Name == k.Name || o.Name == "" || k.Name == "") && a == b && o.NotValid == k.NotValid &&
			slices.EqualFunc(o.Columns, k.Columns, strings.EqualFold) && slices.EqualFunc(o.RefColumns, k.RefColumns, strings.EqualFold) &&
			strings.EqualFold(squeeze(o.Actions), squeeze(k.Actions)) && squeeze(o.Expr) == squeeze(k.Expr) &&
			(o.Kind != OtherKind || squeeze(o.Definition) == squeeze(k.Definition))
	})
}

// servesConstraint says that an index is there because of a constraint, and comes and goes with it.
func servesConstraint(t *Table, ix Index) bool {
	if ix.Primary || ix.Constraint != "" {
		return true
	}
	return ix.Unique && slices.ContainsFunc(t.Constraints, func(k Constraint) bool {
		return (k.Kind == Unique || k.Kind == PrimaryKey) &&
			(k.Name == ix.Name || ix.Definition == "" && slices.EqualFunc(k.Columns, ix.Columns, strings.EqualFold))
	})
}

func indexCalled(t *Table, name string) *Index {
	for i := range t.Indexes {
		if strings.EqualFold(t.Indexes[i].Name, name) {
			return &t.Indexes[i]
		}
	}
	return nil
}

func sameIndex(a, b Index) bool {
	if a.Unique != b.Unique || a.Partial != b.Partial || !slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) {
		return false
	}
	if a.Definition == "" || b.Definition == "" {
		return a.Prefix == b.Prefix
	}
	return strings.EqualFold(squeeze(indexBody(a.Definition)), squeeze(indexBody(b.Definition)))
}

var indexHead = regexp.MustCompile("(?is)^\\s*create\\s.*?\\son\\s+(?:only\\s+)?(?:\"[^\"]*\"|`[^`]*`|[^\\s(.])+(?:\\.(?:\"[^\"]*\"|`[^`]*`|[^\\s(.])+)?\\s*")

// indexBody gives what stands behind the table's name in an index's definition; a definition that
// does not begin with CREATE is the body itself.
func indexBody(definition string) string {
	return definition[len(indexHead.FindString(definition)):]
}

var blanks = regexp.MustCompile(`\s+`)

// squeeze makes white space count as one blank.
func squeeze(s string) string { return blanks.ReplaceAllString(strings.TrimSpace(s), " ") }
