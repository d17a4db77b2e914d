package postgres

import (
	"slices"
	"strings"

	"surefoot/planner"
)

// also gives the other tables that a change locks: those that foreign keys bind to its own (manual,
// ALTER TABLE; ATPostAlterTypeCleanup in the server).
//
//	change                         | the table that is referred to      | a table that refers to this one
//	-------------------------------+------------------------------------+---------------------------------
//	a key is added                 | SHARE ROW EXCLUSIVE                |
//	a key, or its table, goes      | ACCESS EXCLUSIVE                   |
//	the type of a column of a key  | SHARE ROW EXCLUSIVE                | ACCESS EXCLUSIVE, its rows are read
//	the tables are exchanged       | ACCESS EXCLUSIVE                   | ACCESS EXCLUSIVE
func (d *Dialect) also(c planner.Change, s *planner.Schema) []planner.Lock {
	t := s.Table(c.Table())
	name := s.Resolve(c.Table())
	switch c := c.(type) {
	case planner.CreateTable:
		if c.Def != nil {
			return parents(name, c.Def.Constraints, shareRowExclusive)
		}
	case planner.AddConstraint:
		return parents(name, []planner.Constraint{c.Constraint}, shareRowExclusive)
	case planner.DropConstraint:
		if k := t.Constraint(c.Constraint); k != nil {
			return parents(name, []planner.Constraint{*k}, accessExclusive)
		}
	case planner.DropTable:
		if t != nil {
			return parents(name, t.Constraints, accessExclusive)
		}
	case planner.ChangeType:
		return d.alsoRetyped(c, t, s)
	case planner.SwapTables:
		locks := parents(name, t.Constraints, accessExclusive)
		for _, k := range s.KeysTo(name) {
			if k.Child != t {
				locks = append(locks, lockOf(k.Child.Name, accessExclusive, planner.Moment))
			}
		}
		return locks
	}
	return nil
}

func lockOf(table planner.Name, lock string, work planner.Work) planner.Lock {
	return planner.Locks(table, lockLevels[lock], lock, work)
}

// parents locks the tables that keys refer to.
func parents(from planner.Name, keys []planner.Constraint, lock string) []planner.Lock {
	var out []planner.Lock
	for _, k := range keys {
		if to := k.Referred(from); k.Kind == planner.ForeignKey && to != from {
			out = append(out, lockOf(to, lock, planner.Moment))
		}
	}
	return out
}

// alsoRetyped: keys over a column that gets another type are made anew, and checked anew unless its
// values stay as they are stored.
func (d *Dialect) alsoRetyped(c planner.ChangeType, t *planner.Table, s *planner.Schema) []planner.Lock {
	if t == nil || t.Column(c.Column) == nil {
		return nil
	}
	var own []planner.Constraint
	for _, k := range t.Constraints {
		if slices.Contains(k.Columns, c.Column) {
			own = append(own, k)
		}
	}
	locks := parents(t.Name, own, shareRowExclusive)
	work := planner.ReadRows
	from, to := parseType(t.Column(c.Column).Type), parseType(c.Type)
	if c.Using == "" && !d.rewritesType(from, to) && unqualified(from.base) == unqualified(to.base) {
		work = planner.Moment
	}
	for _, k := range s.KeysTo(t.Name) {
		if k.Child != t && slices.Contains(k.RefColumns, c.Column) {
			locks = append(locks, lockOf(k.Child.Name, accessExclusive, work))
		}
	}
	return locks
}

// unpriced says what takes a time that does not follow from sizes; empty: nothing does.
func unpriced(c planner.Change, e planner.Effect, t *planner.Table) string {
	switch c := c.(type) {
	case planner.CreateIndex:
		return slowIndex(c.Index, c.Text)
	case planner.TwinIndex:
		return slowIndex(c.Of, indexTail(c.Of.Definition))
	case planner.AddConstraint:
		switch {
		case exclusion(c.Constraint):
			return "the index of an exclusion constraint"
		case c.Constraint.Kind == planner.Check:
			return slowCall(c.Constraint.Expr)
		}
	case planner.AddColumn:
		return slowCall(c.Column.Expr)
	case planner.ChangeType:
		if why := slowCall(c.Using); why != "" {
			return why
		}
	}
	if !e.Rewrites && !e.RebuildsIndexes || t == nil {
		return ""
	}
	for _, ix := range t.Indexes {
		if why := slowIndex(ix, indexTail(ix.Definition)); why != "" {
			return why
		}
	}
	return ""
}

// slowIndex says that an index is of a kind whose building takes as long as its values want; text is
// what stands behind the table's name.
func slowIndex(ix planner.Index, text string) string {
	src := newSource(text)
	if i := src.skip(0, "using"); i == 1 && len(src.tokens) > 1 {
		method := src.tokens[1].word
		if !slices.Contains([]string{"btree", "hash", "brin"}, method) {
			return "index " + ix.Name + " of kind " + strings.ToUpper(method)
		}
	}
	if slices.Contains(ix.Columns, "") {
		return "index " + ix.Name + " over an expression"
	}
	if where := src.find(0, "where"); where >= 0 {
		return slowCall(src.from(where).String())
	}
	return ""
}

// slowCall names a function that is not among those that are known.
func slowCall(expr string) string {
	for _, name := range calls(expr) {
		if _, known := volatility[strings.ToLower(name)]; !known {
			return "function " + name
		}
	}
	return ""
}
