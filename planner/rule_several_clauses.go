package planner

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// severalClauses is about a whole statement, so Build asks it after the rules about single changes.
var severalClauses = Rule{
	Name: "several-clauses",
	Why:  "together these clauses make the server write the table anew; one after the other they do not",
}

// milderApart says that every clause by itself is harmless, although the statement is not.
func (b *builder) milderApart(native schema.Native) bool {
	if len(native.Clauses) < 2 {
		return false
	}
	now := b.now
	for _, c := range native.Clauses {
		if e := b.effectIn(c, now); b.unsafe(c, e) || b.heavy(c, e) {
			return false
		}
		now = schema.Apply(now, c)
	}
	return true
}

// milderWhole says that some clause by itself is unsafe, with no milder way, although the statement
// is not: a primary key that is dropped and added at once.
func (b *builder) milderWhole(native schema.Native) bool {
	now := b.now
	for _, c := range native.Clauses {
		if len(native.Clauses) > 1 && b.unsafe(c, b.effectIn(c, now)) {
			if pieces, _, err := b.milder(c, now); err != nil || len(pieces) == 0 {
				return true
			}
		}
		now = schema.Apply(now, c)
	}
	return false
}

// pieces are what a statement's clauses become one after the other. What may fail comes first, then
// what is taken away, and at the end what waits for the application.
type pieces struct {
	columns, keys, gone, late []schema.Change
	stated                    string // the column that the last of columns states anew; empty: it states none
}

func (p *pieces) put(c schema.Change, leaves []schema.Change) {
	if len(leaves) == 0 {
		if p.join(c) {
			return
		}
		leaves = []schema.Change{c}
	} else {
		p.stated = ""
	}
	if hold := slices.IndexFunc(leaves, isHold); hold >= 0 {
		p.late = append(p.late, leaves[hold:]...)
		leaves = leaves[:hold]
	}
	switch c.(type) {
	case schema.DropIndex, schema.DropConstraint, schema.DropColumn:
		p.gone = append(p.gone, leaves...)
	case schema.CreateIndex, schema.AddConstraint:
		p.keys = append(p.keys, leaves...)
	default:
		p.columns = append(p.columns, leaves...)
	}
}

// join puts a clause to the one before it where both are about a column that the statement states anew:
// that is one clause of the user's, and the first of its parts makes all of it.
func (p *pieces) join(c schema.Change) bool {
	column, last := schema.Alters(c), len(p.columns)-1
	if column == "" || column != p.stated {
		p.stated = ""
		if statesColumn(c) {
			p.stated = column
		}
		return false
	}
	joined, ok := p.columns[last].(schema.Alter)
	if !ok {
		joined = schema.Alter{On: schema.On{Name: c.Table()}, Clauses: []schema.Change{p.columns[last]}}
	}
	joined.Clauses = append(joined.Clauses, c)
	p.columns[last] = joined
	return true
}

// statesColumn says that a clause is written as the whole column.
func statesColumn(c schema.Change) bool {
	switch c := c.(type) {
	case schema.ChangeType:
		return c.Definition != ""
	case schema.SetNotNull:
		return c.Definition != ""
	case schema.DropNotNull:
		return c.Definition != ""
	}
	return false
}

func (p *pieces) all() []schema.Change { return slices.Concat(p.columns, p.keys, p.gone, p.late) }

func (p *pieces) holds() []schema.Change {
	return slices.DeleteFunc(slices.Clone(p.late), func(c schema.Change) bool { return !isHold(c) })
}

func isHold(c schema.Change) bool {
	_, ok := c.(schema.Hold)
	return ok
}

// inOne says that a statement gives a name again that it takes away, so that neither can come first, makes
// values of others that it changes, takes away what forbids a new type, or writes a check inside of a column:
// it is never parted.
func (b *builder) inOne(native schema.Native) bool {
	t := b.now.Table(native.Name)
	if ofOthers(native.Clauses, t) || freesType(native.Clauses, t) {
		return true
	}
	free, taken, primary := map[string]bool{}, map[string]bool{}, false
	for _, c := range native.Clauses {
		switch c := c.(type) {
		case schema.DropIndex:
			free[strings.ToLower(c.Index)] = true
		case schema.DropConstraint:
			free[strings.ToLower(c.Constraint)] = true
			primary = primary || c.What == schema.PrimaryKey || t != nil && t.Constraint(c.Constraint) != nil && t.Constraint(c.Constraint).Kind == schema.PrimaryKey
		case schema.RenameIndex:
			free[strings.ToLower(c.From)] = true
			taken[strings.ToLower(c.To)] = true
		case schema.CreateIndex:
			taken[strings.ToLower(c.Index.Name)] = true
		case schema.AddConstraint:
			if c.Constraint.Inline || c.Constraint.Kind == schema.PrimaryKey && primary {
				return true
			}
			taken[strings.ToLower(c.Constraint.Name)] = true
		}
	}
	for name := range taken {
		if name != "" && free[name] {
			return true
		}
	}
	return schema.Reuses(native.Clauses, t)
}

// ofOthers says that a clause gives a column values that it makes of another column which the statement
// changes, or other values of the same type, which no step of its own could prove.
func ofOthers(clauses []schema.Change, t *schema.Table) bool {
	if t == nil || len(clauses) < 2 {
		return false
	}
	return slices.ContainsFunc(clauses, func(c schema.Change) bool {
		ch, ok := c.(schema.ChangeType)
		if !ok || ch.Using == "" {
			return false
		}
		if have := t.Column(ch.Column); have != nil && have.Type == ch.Type && !t.Among([]string{ch.Using}, ch.Column) {
			return true
		}
		return slices.ContainsFunc(clauses, func(o schema.Change) bool {
			names := slices.DeleteFunc(schema.SubjectOf(o, t).Names, func(n string) bool { return t.Among([]string{n}, ch.Column) })
			return len(names) > 0 && schema.Mentions(ch.Using, names)
		})
	})
}

// freesType says that the statement drops an index or a constraint over a column whose type it changes: the new
// type may be too long for the key, or none that the check or the foreign key allows.
func freesType(clauses []schema.Change, t *schema.Table) bool {
	if t == nil {
		return false
	}
	bound := func(c schema.Change, column string) bool {
		switch c := c.(type) {
		case schema.DropIndex:
			ix := t.Index(c.Index)
			if ix == nil {
				return false
			}
			yes, known := t.Uses(*ix, column)
			return yes || !known
		case schema.DropConstraint:
			k := t.Constraint(c.Constraint)
			return k != nil && (t.Among(k.Columns, column) || schema.Mentions(k.Definition, []string{column}))
		}
		return false
	}
	return slices.ContainsFunc(clauses, func(c schema.Change) bool {
		return slices.ContainsFunc(clauses, func(o schema.Change) bool {
			ch, ok := o.(schema.ChangeType)
			return ok && bound(c, ch.Column)
		})
	})
}

// inOrder gives the clauses as they may be applied one after the other.
func (b *builder) inOrder(native schema.Native) []schema.Change {
	if t := schema.AlteredTable(b.now, native.Clauses); t != nil {
		return schema.InOrder(native.Clauses, t)
	}
	return native.Clauses
}

// whole keeps a statement together: by a copy where others would wait long, else as it was written,
// when the application is deployed.
func (b *builder) whole(st schema.Statement, native schema.Native, holds []schema.Change) error {
	e := b.effect(native)
	long := b.heavy(native, e) || b.unsafe(native, e) && e.Long() && e.Blocks >= plan.BlocksWrites
	if long && len(native.Clauses) > 1 && len(native.Setup) == 0 {
		if parts, err := b.copied(native); err == nil {
			b.find(st, native, severalClauses, parts)
			return b.copyWith(st, native)
		}
	}
	if len(holds) > 0 {
		return b.emit(st, append(holds, textOf(native)...)...)
	}
	return b.asWritten(st, native)
}
