package postgres

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// also gives the other tables that a change locks: those that foreign keys bind to its own (manual,
// ALTER TABLE; ATPostAlterTypeCleanup in the server).
//
//	change                         | the table that is referred to      | a table that refers to this one
//	-------------------------------+------------------------------------+---------------------------------
//	a key is added                 | SHARE ROW EXCLUSIVE                |
//	a key, or its table, goes      | ACCESS EXCLUSIVE                   |
//	the type of a column of a key  | ACCESS EXCLUSIVE                   | ACCESS EXCLUSIVE, its rows are read
//	the tables are exchanged       | ACCESS EXCLUSIVE                   | ACCESS EXCLUSIVE
func (d *Dialect) also(c schema.Change, s *schema.Schema) []plan.Lock {
	t := s.Table(c.Table())
	name := s.Resolve(c.Table())
	switch c := c.(type) {
	case schema.CreateTable:
		if c.Def != nil {
			return parents(name, c.Def.Constraints, shareRowExclusive)
		}
	case schema.AddConstraint:
		return parents(name, []schema.Constraint{c.Constraint}, shareRowExclusive)
	case schema.DropConstraint:
		if k := t.Constraint(c.Constraint); k != nil {
			return parents(name, []schema.Constraint{*k}, accessExclusive)
		}
	case schema.DropTable:
		if t != nil {
			return parents(name, t.Constraints, accessExclusive)
		}
	case schema.ChangeType:
		return d.alsoRetyped(c, t, s)
	case schema.CopyTable:
		if c.Part != schema.SwapTables {
			return nil
		}
		locks := parents(name, t.Constraints, accessExclusive)
		for _, k := range s.KeysTo(name) {
			if k.Child != t {
				locks = append(locks, lockOf(k.Child.Name, accessExclusive, plan.Moment))
			}
		}
		return locks
	}
	return nil
}

func lockOf(table schema.Name, lock string, work plan.Work) plan.Lock {
	return plan.Locks(table, lockLevels[lock], lock, work)
}

// parents locks the tables that keys refer to.
func parents(from schema.Name, keys []schema.Constraint, lock string) []plan.Lock {
	var out []plan.Lock
	for _, k := range keys {
		if to := k.Referred(from); k.Kind == schema.ForeignKey && to != from {
			out = append(out, lockOf(to, lock, plan.Moment))
		}
	}
	return out
}

// alsoRetyped: keys over a column that gets another type are made anew, and checked anew unless its
// values stay as they are stored.
func (d *Dialect) alsoRetyped(c schema.ChangeType, t *schema.Table, s *schema.Schema) []plan.Lock {
	if t == nil || t.Column(c.Column) == nil {
		return nil
	}
	var own []schema.Constraint
	for _, k := range t.Constraints {
		if slices.Contains(k.Columns, c.Column) {
			own = append(own, k)
		}
	}
	locks := parents(t.Name, own, accessExclusive)
	work := plan.ReadRows
	from, to := parseType(t.Column(c.Column).Type), parseType(c.Type)
	if c.Using == "" && !d.rewritesType(from, to) && unqualified(from.base) == unqualified(to.base) {
		work = plan.Moment
	}
	for _, k := range s.KeysTo(t.Name) {
		if k.Child != t && slices.Contains(k.RefColumns, c.Column) {
			locks = append(locks, lockOf(k.Child.Name, accessExclusive, work))
		}
	}
	return locks
}

// inHeirs: what changes a table's columns and checks is done to every table that inherits from it, under the same
// lock. The rows of a partitioned table are all in such tables, and its size is not known.
func (d *Dialect) inHeirs(c schema.Change, e plan.Effect, t *schema.Table, s *schema.Schema) (locks []plan.Lock) {
	if t == nil || t.Extra[extraPartitioned] != "" {
		return nil
	}
	done := work(e)
	switch c := c.(type) {
	case schema.AddColumn, schema.DropColumn, schema.RenameColumn, schema.ChangeType, schema.SetNotNull, schema.DropNotNull,
		schema.SetDefault, schema.DropDefault, schema.SetGenerated:
	case schema.AddConstraint:
		if c.Constraint.Kind != schema.Check { // which they do not get; 15 leaves them alone
			if d.major < 16 {
				return nil
			}
			done = plan.Moment
		}
	case schema.DropConstraint:
		if k := t.Constraint(c.Constraint); k != nil && k.Kind != schema.Check {
			return nil
		}
	case schema.ValidateConstraint:
		if c.Constraint.Kind != schema.Check {
			return nil
		}
	default:
		return nil
	}
	for _, heir := range s.Heirs(t) {
		l := lockOf(heir.Name, e.Lock, done)
		l.Blocks = e.Blocks
		locks = append(locks, l)
	}
	return locks
}

// unpriced says what takes a time that does not follow from sizes; empty: nothing does.
func unpriced(c schema.Change, e plan.Effect, t *schema.Table) string {
	switch c := c.(type) {
	case schema.CreateIndex:
		return slowIndex(c.Index, c.Text)
	case schema.TwinIndex:
		return slowIndex(c.Of, indexTail(c.Of.Definition))
	case schema.AddConstraint:
		switch {
		case exclusion(c.Constraint):
			return "the index of an exclusion constraint"
		case c.Constraint.Kind == schema.Check:
			return slowCall(c.Constraint.Expr)
		}
	case schema.AddColumn:
		return slowCall(c.Column.Expr)
	case schema.ChangeType:
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
func slowIndex(ix schema.Index, text string) string {
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
