package planner

import (
	"slices"
	"strings"
)

// severalClauses is about a whole statement, so Build asks it after the rules about single changes.
var severalClauses = Rule{
	Name: "several-clauses",
	Why:  "together these clauses make the server write the table anew; one after the other they do not",
}

// milderApart says that every clause by itself is harmless, although the statement is not.
func (b *builder) milderApart(native Native) bool {
	if len(native.Clauses) < 2 {
		return false
	}
	now := b.now
	for _, c := range native.Clauses {
		if e := b.effectIn(c, now); b.unsafe(c, e) || b.heavy(c, e) {
			return false
		}
		now = Apply(now, c)
	}
	return true
}

// milderWhole says that some clause by itself is unsafe, with no milder way, although the statement
// is not: a primary key that is dropped and added at once.
func (b *builder) milderWhole(native Native) bool {
	now := b.now
	for _, c := range native.Clauses {
		if len(native.Clauses) > 1 && b.unsafe(c, b.effectIn(c, now)) {
			if pieces, _, err := b.milder(c, now); err != nil || len(pieces) == 0 {
				return true
			}
		}
		now = Apply(now, c)
	}
	return false
}

// pieces are what a statement's clauses become one after the other. What may fail comes first, then
// what is taken away, and at the end what waits for the application.
type pieces struct {
	columns, keys, gone, late []Change
	stated                    string // the column that the last of columns states anew; empty: it states none
}

func (p *pieces) put(c Change, leaves []Change) {
	if len(leaves) == 0 {
		if p.join(c) {
			return
		}
		leaves = []Change{c}
	} else {
		p.stated = ""
	}
	if hold := slices.IndexFunc(leaves, isHold); hold >= 0 {
		p.late = append(p.late, leaves[hold:]...)
		leaves = leaves[:hold]
	}
	switch c.(type) {
	case DropIndex, DropConstraint, DropColumn:
		p.gone = append(p.gone, leaves...)
	case CreateIndex, AddConstraint:
		p.keys = append(p.keys, leaves...)
	default:
		p.columns = append(p.columns, leaves...)
	}
}

// join puts a clause to the one before it where both are about a column that the statement states anew:
// that is one clause of the user's, and the first of its parts makes all of it.
func (p *pieces) join(c Change) bool {
	column, last := alters(c), len(p.columns)-1
	if column == "" || column != p.stated {
		p.stated = ""
		if statesColumn(c) {
			p.stated = column
		}
		return false
	}
	joined, ok := p.columns[last].(Alter)
	if !ok {
		joined = Alter{On: On{c.Table()}, Clauses: []Change{p.columns[last]}}
	}
	joined.Clauses = append(joined.Clauses, c)
	p.columns[last] = joined
	return true
}

// statesColumn says that a clause is written as the whole column.
func statesColumn(c Change) bool {
	switch c := c.(type) {
	case ChangeType:
		return c.Definition != ""
	case SetNotNull:
		return c.Definition != ""
	case DropNotNull:
		return c.Definition != ""
	}
	return false
}

func (p *pieces) all() []Change { return slices.Concat(p.columns, p.keys, p.gone, p.late) }

func (p *pieces) holds() []Change {
	return slices.DeleteFunc(slices.Clone(p.late), func(c Change) bool { return !isHold(c) })
}

func isHold(c Change) bool {
	_, ok := c.(Hold)
	return ok
}

// inOne says that a statement gives a name again that it takes away, so that neither can come first, makes
// values of others that it changes, takes away what forbids a new type, or writes a check inside of a column:
// it is never parted.
func (b *builder) inOne(native Native) bool {
	t := b.now.Table(native.Name)
	if ofOthers(native.Clauses, t) || freesType(native.Clauses, t) {
		return true
	}
	free, taken, primary := map[string]bool{}, map[string]bool{}, false
	for _, c := range native.Clauses {
		switch c := c.(type) {
		case DropIndex:
			free[strings.ToLower(c.Index)] = true
		case DropConstraint:
			free[strings.ToLower(c.Constraint)] = true
			primary = primary || c.What == PrimaryKey || t != nil && t.Constraint(c.Constraint) != nil && t.Constraint(c.Constraint).Kind == PrimaryKey
		case RenameIndex:
			free[strings.ToLower(c.From)] = true
			taken[strings.ToLower(c.To)] = true
		case CreateIndex:
			taken[strings.ToLower(c.Index.Name)] = true
		case AddConstraint:
			if c.Constraint.Inline || c.Constraint.Kind == PrimaryKey && primary {
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
	return reuses(native.Clauses, t)
}

// ofOthers says that a clause gives a column values that it makes of another column which the statement
// changes, or other values of the same type, which no step of its own could prove.
func ofOthers(clauses []Change, t *Table) bool {
	if t == nil || len(clauses) < 2 {
		return false
	}
	return slices.ContainsFunc(clauses, func(c Change) bool {
		ch, ok := c.(ChangeType)
		if !ok || ch.Using == "" {
			return false
		}
		if have := t.Column(ch.Column); have != nil && have.Type == ch.Type && !t.among([]string{ch.Using}, ch.Column) {
			return true
		}
		return slices.ContainsFunc(clauses, func(o Change) bool {
			names := slices.DeleteFunc(subjectOf(o, t).names, func(n string) bool { return t.among([]string{n}, ch.Column) })
			return len(names) > 0 && mentions(ch.Using, names)
		})
	})
}

// freesType says that the statement drops an index or a constraint over a column whose type it changes: the new
// type may be too long for the key, or none that the check or the foreign key allows.
func freesType(clauses []Change, t *Table) bool {
	if t == nil {
		return false
	}
	bound := func(c Change, column string) bool {
		switch c := c.(type) {
		case DropIndex:
			ix := t.Index(c.Index)
			if ix == nil {
				return false
			}
			yes, known := t.uses(*ix, column)
			return yes || !known
		case DropConstraint:
			k := t.Constraint(c.Constraint)
			return k != nil && (t.among(k.Columns, column) || mentions(k.Definition, []string{column}))
		}
		return false
	}
	return slices.ContainsFunc(clauses, func(c Change) bool {
		return slices.ContainsFunc(clauses, func(o Change) bool {
			ch, ok := o.(ChangeType)
			return ok && bound(c, ch.Column)
		})
	})
}

// inOrder gives the clauses as they may be applied one after the other.
func (b *builder) inOrder(native Native) []Change {
	if t := alteredTable(b.now, native.Clauses); t != nil {
		return inOrder(native.Clauses, t)
	}
	return native.Clauses
}

// whole keeps a statement together: by a copy where others would wait long, else as it was written,
// when the application is deployed.
func (b *builder) whole(st Statement, native Native, holds []Change) error {
	e := b.effect(native)
	long := b.heavy(native, e) || b.unsafe(native, e) && e.Long() && e.Blocks >= BlocksWrites
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
