package mysql

import (
	"slices"

	"surefoot/plan"
	"surefoot/schema"
)

// together is the effect of several clauses in one statement: the server takes the strongest
// algorithm that one of them needs. A key that orders the rows and is exchanged for another in one
// statement is a rebuild in place, although dropping it alone is a copy.
func (d *Dialect) together(clauses []schema.Change, s *schema.Schema) plan.Effect {
	clauses = flat(clauses)
	if len(clauses) == 1 {
		return d.Effect(clauses[0], s)
	}
	exchanged, before := addsOrder(clauses, s), s
	var e plan.Effect
	rank := -1
	for i, c := range clauses {
		next := d.Effect(c, s)
		if exchanged && slices.Contains([]sort{dropPrimaryKey, dropClustered, dropClusteredOfTwo}, d.sortIn(c, s)) {
			next = d.fact(addPrimaryKey)
		}
		if i == 0 {
			e, rank = next, d.rank(next)
			continue
		}
		was := e
		e = e.Worst(next)
		e.Algorithm, e.Lock, e.Blocks, e.Online = was.Algorithm, was.Lock, was.Blocks, was.Online
		if r := d.rank(next); r > rank {
			e.Algorithm, e.Lock, e.Blocks, e.Online, rank = next.Algorithm, next.Lock, next.Blocks, next.Online, r
		}
		if s != nil {
			s = schema.Apply(s, c)
		}
	}
	return d.combined(clauses, before, e)
}

// combined is what several clauses do that none of them does alone. A column that comes or goes
// INSTANT does not go together with everything, and a virtual one not with a rebuild:
//
//	an INSTANT column, with | MySQL                         | MariaDB
//	------------------------+-------------------------------+-------------------------------
//	an index that is built  | INPLACE, the table is rebuilt | INPLACE, the table is rebuilt
//	another INPLACE clause  | INPLACE, the table is rebuilt | as the clause alone
//	a virtual column        | INSTANT                       | COPY
//	both, or a rebuild      | COPY                          | COPY
func (d *Dialect) combined(clauses []schema.Change, s *schema.Schema, e plan.Effect) plan.Effect {
	instantColumn, virtual, builds := false, false, false
	var kinds []sort
	for _, c := range clauses {
		kind := d.sortIn(c, s)
		kinds = append(kinds, kind)
		w, _ := d.way(kind)
		virtual = virtual || kind == addVirtual || kind == dropVirtual
		builds = builds || w.indexes
		addsOrDrops := slices.Contains([]sort{addColumn, addColumnAt, addExpressionDefault, addRandomDefault, dropColumn}, kind)
		instantColumn = instantColumn || addsOrDrops && w.algorithm == "INSTANT"
	}
	if beside := d.besideOption(kinds, e); beside.Algorithm != "" {
		return beside
	}
	var other plan.Effect
	switch {
	case e.Algorithm == "COPY", !instantColumn && !e.Rewrites, e.Rewrites && !virtual:
		return e
	case virtual && (e.Rewrites || d.maria() || e.Algorithm == "INPLACE"):
		other = d.fact(changeType)
	case d.maria() && builds, !d.maria() && e.Algorithm == "INPLACE":
		other = d.fact(addPrimaryKey)
	default:
		return e
	}
	e.Algorithm, e.Lock, e.Blocks, e.Online = other.Algorithm, other.Lock, other.Blocks, other.Online
	e.Rewrites, e.RebuildsIndexes, e.Scans = true, true, true
	return e
}

// besideOption is what a statement does in which a collation changes and an option of the table, as CONVERT TO
// does; without an algorithm: what its clauses do.
//
//	column       | MySQL                                | MariaDB
//	-------------+--------------------------------------+---------------------
//	CHAR, TEXT   | INPLACE, a rebuild that lets read only | NOCOPY
//	VARCHAR      | as the clause alone                  | NOCOPY
func (d *Dialect) besideOption(kinds []sort, e plan.Effect) plan.Effect {
	text := slices.Contains(kinds, changeCollationText)
	var other plan.Effect
	switch {
	case !slices.Contains(kinds, setOption):
		return other
	case d.maria() && e.Algorithm == "INSTANT" && (text || slices.Contains(kinds, changeCollation)):
		other = d.effectOf(attempt{"NOCOPY", "NONE"})
	case !d.maria() && text && e.Algorithm == "INPLACE":
		other = d.effectOf(attempt{"INPLACE", "SHARED"})
		e.Rewrites, e.RebuildsIndexes, e.Scans = true, true, true
	default:
		return other
	}
	e.Algorithm, e.Lock, e.Blocks, e.Online = other.Algorithm, other.Lock, other.Blocks, other.Online
	return e
}
