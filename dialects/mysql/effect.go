package mysql

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Effect says what a change does to others: from the table of facts, by kind of change and by
// server version.
func (d *Dialect) Effect(c schema.Change, s *schema.Schema) plan.Effect {
	switch c := c.(type) {
	case schema.Native:
		return d.together(c.Clauses, s)
	case schema.Alter:
		return d.together(c.Clauses, s)
	case schema.Verbatim:
		return d.ofVerbatim(c)
	case schema.CreateTable:
		return d.creates(c, s)
	case schema.DropTable:
		return plan.Effect{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE", LosesData: true, Breaks: true, Source: plan.Measured}
	case schema.RenameTable:
		return plan.Effect{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE", Breaks: true, Source: plan.Measured}
	}
	if e, ok := d.made(c); ok {
		switch c := c.(type) {
		case schema.SyncColumns:
			e.Refused = d.syncRefusal(c, s.Table(c.Table()))
		case schema.Backfill:
			e.Refused = fillRefusal(c, s.Table(c.Table()))
		}
		return e
	}
	var t *schema.Table
	if s != nil {
		t = s.Table(c.Table())
	}
	e := d.factOn(d.sortIn(c, s), t)
	e.Unpriced = unpriced(c, e, t)
	switch c := c.(type) {
	case schema.DropColumn:
		e.LosesData, e.Breaks = true, true
	case schema.ChangeType:
		if t != nil && t.Column(c.Column) != nil {
			e.LosesData = losesValues(parseType(t.Column(c.Column).Type), parseType(c.Type))
		}
	case schema.RenameColumn:
		e.Breaks = !strings.EqualFold(c.From, c.To) // names of columns are compared without case
	case schema.AddConstraint:
		e.Refused = d.refused(c)
	case schema.TwinIndex:
		e.Refused = twinRefusal(c, s)
	case schema.SetNotNull:
		// There an INSERT … SELECT that leaves out a column that is NOT NULL fails, or gives its trigger a
		// value that nobody wrote.
		if d.maria() && t != nil && t.Synced(c.Column) {
			e.Refused = "column " + c.Column + " is filled in by a trigger, and MariaDB checks it before"
		}
	case schema.ValidateConstraint:
		if c.Constraint.Kind != schema.ForeignKey && d.maria() {
			e.Refused = "MariaDB checks existing rows when it adds a check"
		}
	}
	return e
}

// creates is the effect of CREATE TABLE: foreign keys lock the tables that they refer to for a moment; rows
// that it is made out of are locked until it is done.
func (d *Dialect) creates(c schema.CreateTable, s *schema.Schema) plan.Effect {
	if readsRows(c) {
		return rowLocks
	}
	e := plan.Effect{Source: plan.Measured}
	if c.Def == nil {
		return e
	}
	own := s.Resolve(c.Name)
	for _, k := range c.Def.Constraints {
		if to := k.Referred(own); k.Kind == schema.ForeignKey && to != own {
			e.Also = append(e.Also, plan.Locks(to, plan.BlocksAll, "EXCLUSIVE", plan.Moment))
		}
	}
	return e
}

// readsRows: CREATE TABLE … SELECT.
func readsRows(c schema.CreateTable) bool {
	rows := func(t token) bool { return t.is("select", "table") }
	words := tokenize(c.SQL, sqlMode{})
	return c.Def == nil && c.Like.Table == "" && len(words) > 2 && slices.ContainsFunc(words[2:], rows)
}

// unpriced says which index that is built takes as long as its values want; empty: none.
func unpriced(c schema.Change, e plan.Effect, t *schema.Table) string {
	slow := func(ix schema.Index, text string) bool {
		return slices.Contains(ix.Columns, "") || slices.ContainsFunc([]string{"FULLTEXT", "SPATIAL", "VECTOR"}, func(kind string) bool { return strings.HasPrefix(text, kind) })
	}
	if ix, ok := c.(schema.CreateIndex); ok && slow(ix.Index, ix.Text) {
		return "index " + ix.Index.Name + " over values of its kind"
	}
	if t == nil || !e.Rewrites {
		return ""
	}
	for _, ix := range t.Indexes {
		if slow(ix, ix.Definition) {
			return "index " + ix.Name + " over values of its kind"
		}
	}
	return ""
}

// syncRefusal says why a column cannot be kept equal to another up to its end; empty: it can.
func (d *Dialect) syncRefusal(c schema.SyncColumns, t *schema.Table) string {
	old := t.Column(c.Old)
	if old == nil {
		return ""
	}
	if was, ok := newReader(old.Definition, sqlMode{}).readDefinition(d); ok && (was.onUpdate != "" || len(was.rest) > 0) {
		return "column " + c.Old + " has ON UPDATE or attributes that a second column would not have"
	}
	if old.NotNull && old.Default == "" && anyValue(columnType(old.Type, old.Collation)) == "" {
		return "column " + c.Old + " is NOT NULL without a default, and there is none that it could have when writers begin to leave it out"
	}
	return ""
}

// fillRefusal says why a walk cannot fill a column in every row; empty: it can.
func fillRefusal(c schema.Backfill, t *schema.Table) string {
	if t == nil {
		return "the table is not known"
	}
	named := func(names []string, name string) bool {
		return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(name, other) })
	}
	key, _ := t.Key()
	for _, k := range t.Constraints {
		moves := k.Kind == schema.ForeignKey && strings.Contains(strings.ToUpper(k.Definition+k.Actions), "ON UPDATE CASCADE")
		if moves && slices.ContainsFunc(key, func(col schema.Column) bool { return named(k.Columns, col.Name) }) {
			return "rows get another key by foreign key " + k.Name + ", which fires no trigger"
		}
	}
	if len(atBegin(c.Expr).args) > 0 {
		return "the value of column " + c.Column + " is of the time of the statement, one for all rows"
	}
	var columns []string
	for _, col := range t.Columns {
		columns = append(columns, col.Name)
	}
	for _, tok := range tokenize(c.Expr, sqlMode{}) {
		if tok.named() && named(columns, tok.text) {
			return "a trigger cannot compute the value of column " + c.Column + " from others"
		}
	}
	return ""
}

func (d *Dialect) refused(c schema.AddConstraint) string {
	if c.Constraint.Kind == schema.Check && c.Constraint.NotValid && d.maria() {
		return "MariaDB has no check that is not enforced"
	}
	if c.Constraint.NotNull {
		return "a check does not spare the rebuild that NOT NULL needs"
	}
	return ""
}

// made is the effect of what planning makes: parts of a copy and the like.
func (d *Dialect) made(c schema.Change) (plan.Effect, bool) {
	moment := plan.Effect{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE", Source: plan.Measured}
	switch c := c.(type) {
	case schema.CopyTable:
		if c.Part == schema.StartCapture || c.Part == schema.SwapTables || c.Part == schema.DropOld {
			return moment, true
		}
		return plan.Effect{Source: plan.Measured}, true
	case schema.Hold:
		return plan.Effect{Source: plan.Measured}, true
	case schema.Backfill:
		// Each chunk locks its own rows for a moment.
		return plan.Effect{Source: plan.Measured}, true
	case schema.SyncColumns, schema.UnsyncColumns:
		return moment, true
	}
	return plan.Effect{}, false
}

// rank orders effects as the attempts are ordered.
func (d *Dialect) rank(e plan.Effect) int {
	if e.Source == plan.NotKnown {
		return len(d.attempts())
	}
	for i, a := range d.attempts() {
		if a.algorithm == e.Algorithm && a.lock == e.Lock {
			return i
		}
	}
	return -1
}

// effectOf is what an accepted ALGORITHM and LOCK mean for others. Each takes the exclusive
// metadata lock for a moment, at least at its end. What takes long happens under the LOCK that was
// asked for.
func (d *Dialect) effectOf(a attempt) plan.Effect {
	e := plan.Effect{Algorithm: a.algorithm, Lock: a.lock, Blocks: plan.BlocksAll, Source: plan.Measured}
	switch a.lock {
	case "NONE":
		e.Online = a.algorithm != "INSTANT"
	case "SHARED":
		e.Blocks = plan.BlocksWrites
	}
	return e
}
