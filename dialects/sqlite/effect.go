package sqlite

import (
	"maps"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Every statement that changes something holds SQLite's one write lock until it is committed. In
// WAL mode that keeps other writers waiting (RESERVED); with a rollback journal the commit keeps
// readers out too (EXCLUSIVE). So facts differ only in what takes long under the lock.
const (
	lockRead   = "SHARED"
	lockWrite  = "RESERVED"
	lockCommit = "EXCLUSIVE"
)

// fact is a row of the table: the first row that fits a change says what it does.
type fact struct {
	kind string // of the change; "" fits all
	// when says when the row fits, in words; fits decides. nil: always.
	when string
	fits func(c schema.Change, t *schema.Table) bool
	does plan.Effect
}

// What a change does under the lock.
var (
	moment    = plan.Effect{Blocks: plan.BlocksWrites, Source: plan.Measured}
	scans     = plan.Effect{Blocks: plan.BlocksWrites, Passes: plan.Passes{Scans: true}, Source: plan.Measured}
	rewrites  = plan.Effect{Blocks: plan.BlocksWrites, Passes: plan.Passes{Scans: true, Rewrites: true}, Source: plan.Measured}
	indexes   = plan.Effect{Blocks: plan.BlocksWrites, Passes: plan.Passes{Scans: true, RebuildsIndexes: true}, Source: plan.Measured}
	rebuilds  = plan.Effect{Blocks: plan.BlocksWrites, Passes: plan.Passes{Scans: true, Rewrites: true, RebuildsIndexes: true}, Source: plan.Measured}
	inChunks  = plan.Effect{Blocks: plan.BlocksWrites, Passes: plan.Passes{Scans: true, Rewrites: true}, Online: true, Source: plan.Measured}
	readsOnly = plan.Effect{Blocks: plan.BlocksNothing, Lock: lockRead, Passes: plan.Passes{Scans: true}, Online: true, Source: plan.Measured}
)

func losing(e plan.Effect) plan.Effect   { e.LosesData, e.Breaks = true, true; return e }
func breaking(e plan.Effect) plan.Effect { e.Breaks = true; return e }

// facts of SQLite. Rebuilds are surefoot's own where ALTER TABLE has no way (lang_altertable,
// section 7); they are measured as such.
var facts = []fact{
	{"create-table", "", nil, moment},
	{"drop-table", "", nil, losing(moment)},
	{"rename-table", "", nil, breaking(moment)},
	{"add-column", "a value is demanded and none is given", isAdd(noValue), plan.Effect{
		Blocks: plan.BlocksWrites, Source: plan.Measured,
		Refused: "the column is NOT NULL and has no default, so the rows that are there would have no value",
	}},
	{"add-column", "SQLite's own ADD COLUMN refuses it", isAdd(func(c schema.AddColumn, t *schema.Table) bool { return !addsInPlace(c, t) }), rebuilds},
	{"add-column", "it has a check, or is computed and NOT NULL", isAdd(func(c schema.AddColumn, _ *schema.Table) bool { return checked(c) }), scans},
	{"add-column", "", nil, moment},
	{"drop-column", "computed and not stored", isVirtualColumn, losing(moment)},
	{"drop-column", "", nil, losing(rewrites)},
	{"rename-column", "", nil, breaking(moment)},
	{"change-type", "both types store values alike", textOnly, moment},
	{"change-type", "", nil, rebuilds},
	{"set-not-null", "proven", func(c schema.Change, _ *schema.Table) bool { n, ok := c.(schema.SetNotNull); return ok && n.Proven }, moment},
	{"set-not-null", "an index finds NULLs", leadsIndex, moment},
	{"set-not-null", "", nil, scans},
	{"drop-not-null", "", textOnly, moment},
	{"drop-not-null", "part of the key of a table without rowid", nil, rebuilds},
	{"set-default", "no row reads another value by it", textOnly, moment},
	{"set-default", "", nil, rebuilds},
	{"drop-default", "no row reads another value by it", textOnly, moment},
	{"drop-default", "", nil, rebuilds},
	{"add-index", "", nil, indexes},
	{"drop-index", "", nil, moment},
	{"add-check", "not valid", isNotValid, moment},
	{"add-check", "", nil, scans},
	{"add-foreign-key", "not valid", isNotValid, moment},
	{"add-foreign-key", "", nil, scans},
	{"add-unique", "", nil, rebuilds},
	{"add-primary-key", "", nil, rebuilds},
	{"validate-constraint", "", nil, readsOnly},
	{"drop-constraint", "a check or foreign key", textOnly, moment},
	{"drop-constraint", "it has an index", nil, rebuilds},
	{"set-generated", "", nil, rebuilds},
	{"set-identity", "", nil, rebuilds},
	{"backfill", "", nil, inChunks},
	{"twin-index", "", nil, indexes},
	{"replace-index", "", nil, moment},
	{"sync-columns", "", nil, moment},
	{"unsync-columns", "", nil, moment},
	{"hold", "", nil, plan.Effect{Source: plan.Measured}},
	{string(schema.MakeShadow), "", nil, moment},
	{string(schema.StartCapture), "", nil, moment},
	{string(schema.CopyRows), "", nil, inChunks},
	{string(schema.BuildIndexes), "they were built empty", nil, plan.Effect{Source: plan.Measured}},
	{string(schema.CompareRows), "", nil, readsOnly},
	{string(schema.SwapTables), "", nil, moment},
	{string(schema.DropOld), "", nil, moment},
}

// Effect says what a change does to others.
func (d *Dialect) Effect(c schema.Change, s *schema.Schema) plan.Effect {
	switch c := c.(type) {
	case schema.Native:
		return d.all(c.Clauses, s)
	case schema.Alter:
		return d.all(c.Clauses, s)
	case schema.Verbatim:
		if numberOf(c.SQL) != "" {
			return d.locked(moment)
		}
		return d.locked(verbatim(c.SQL))
	}
	t := s.Table(c.Table())
	if t == nil {
		t = &schema.Table{Name: c.Table(), FoldsCase: true, Nameless: true}
	}
	kind := c.Kind()
	if part, ok := c.(schema.CopyTable); ok {
		kind = string(part.Part)
	}
	e := plan.Unknown()
	for _, f := range facts {
		if f.kind == kind && (f.fits == nil || f.fits(c, t)) {
			e = f.does
			break
		}
	}
	_, one := c.(schema.TwinIndex) // of an index over columns alone
	if ix, ok := c.(schema.CreateIndex); ok && contains(ix.Index.Columns, "") || !one && e.RebuildsIndexes && slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return contains(ix.Columns, "") }) {
		e.Unpriced = "an index over an expression"
	}
	if why := refused(c, t); why != "" && e.Refused == "" {
		e.Refused = why
	}
	if twin, ok := c.(schema.TwinIndex); ok && e.Refused == "" {
		e.Refused = twinRefusal(twin, s)
	}
	return d.locked(e)
}

// all unites the clauses of one statement.
func (d *Dialect) all(clauses []schema.Change, s *schema.Schema) plan.Effect {
	if len(clauses) == 0 {
		return d.locked(plan.Unknown())
	}
	e := d.Effect(clauses[0], s)
	for i, c := range clauses[1:] {
		s = schema.Apply(s, clauses[i])
		e = e.Worst(d.Effect(c, s))
	}
	return e
}

// locked names the lock, which follows from the journal mode.
func (d *Dialect) locked(e plan.Effect) plan.Effect {
	if e.Blocks >= plan.BlocksWrites {
		e.Lock = lockWrite
		if d.rollback {
			e.Blocks, e.Lock = plan.BlocksAll, lockCommit
		}
	}
	return e
}

// verbatim knows a little of statements that are no change of a table.
func verbatim(sql string) plan.Effect {
	t := tokenize(sql)
	if len(t) > 1 && t[0].is("CREATE", "DROP") {
		for _, w := range t[1:min(len(t), 4)] {
			if w.is("VIEW", "TRIGGER") {
				return moment
			}
		}
	}
	return plan.Unknown()
}

// refused says why SQLite cannot do a change in any way.
func refused(c schema.Change, t *schema.Table) string {
	if t.Extra[extraVirtual] != "" {
		switch c.(type) {
		case schema.DropTable, schema.RenameTable:
			return ""
		}
		return t.Name.Table + " is a virtual table: only the module behind it can change it"
	}
	switch c := c.(type) {
	case schema.Backfill:
		if _, timed := atBegin(c.Expr); timed {
			return "the value of column " + c.Column + " is of the time of the statement, one for all rows"
		}
	case schema.AddConstraint:
		if c.UsingIndex != "" {
			return "SQLite cannot make an index into a constraint"
		}
		if c.Constraint.Kind == schema.OtherKind {
			return "SQLite has no such constraint"
		}
		if c.Constraint.NotValid && (c.Constraint.Kind == schema.PrimaryKey || c.Constraint.Kind == schema.Unique) {
			return "SQLite checks keys at once"
		}
	case schema.ChangeType:
		if col := t.Column(c.Column); col != nil && col.Generated != "" && c.Using != "" {
			return "column " + c.Column + " is computed: USING says nothing about it"
		}
	case schema.DropConstraint:
		if c.What == schema.PrimaryKey && t.Extra[extraWithoutRowid] != "" {
			return "a table WITHOUT ROWID needs its primary key"
		}
	case schema.SetGenerated:
		if col := t.Column(c.Column); col != nil && col.Generated == "" && c.Generated != "" {
			return "column " + c.Column + " holds values, which would be gone if it were computed: add another column and drop this one"
		}
	case schema.SyncColumns:
		old := t.Column(c.Old)
		if old != nil && old.NotNull && old.Default == "" {
			return "column " + c.Old + " is NOT NULL without a default, so the application cannot leave it out, and SQLite's triggers cannot fill it in before it is checked"
		}
		for _, key := range slices.Sorted(maps.Keys(t.Extra)) {
			if mayUse(key, t.Extra[key], c.Old) {
				return strings.Replace(key, ":", " ", 1) + " may use column " + c.Old
			}
		}
	case schema.SetNotNull:
		if col := t.Column(c.Column); col != nil && col.Default == "" && t.Synced(c.Column) {
			return "column " + c.Column + " is filled in by a trigger, and SQLite checks it before"
		}
	}
	return ""
}

// Carries says why a clause cannot be part of a table copy.
func (d *Dialect) Carries(c schema.Change, s *schema.Schema) string {
	t := s.Table(c.Table())
	if t == nil {
		return "the table is not known"
	}
	if why := refused(c, t); why != "" {
		return why
	}
	key, _ := t.Key()
	isKey := func(name string) bool {
		for _, k := range key {
			if strings.EqualFold(k.Name, name) {
				return true
			}
		}
		return false
	}
	switch c := c.(type) {
	case schema.Native:
		return "" // its clauses were asked about
	case schema.AddColumn:
		if noValue(c, t) {
			return "column " + c.Column.Name + " is NOT NULL and has no default, so the rows that are there would have no value"
		}
		return ""
	case schema.ChangeType:
		if isKey(c.Column) && !textOnly(c, t) {
			return "column " + c.Column + " is part of the key in whose order the table is copied, and its new type or collation has another order"
		}
		return ""
	case schema.AddConstraint:
		if c.Constraint.Kind == schema.PrimaryKey {
			return "" // checked below by SQLite itself
		}
		return ""
	case schema.DropConstraint:
		if k := dropped(c, t); k == schema.PrimaryKey {
			return "the primary key is the order in which the table is copied"
		}
		return ""
	case schema.DropColumn:
		if isKey(c.Column) {
			return "column " + c.Column + " is part of the key in whose order the table is copied"
		}
		return d.keepsColumn(t, c)
	case schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault, schema.CreateIndex, schema.ValidateConstraint:
		return ""
	}
	return "a " + c.Kind() + " is done by itself, in a moment or behind a hold"
}

func isAdd(f func(schema.AddColumn, *schema.Table) bool) func(schema.Change, *schema.Table) bool {
	return func(c schema.Change, t *schema.Table) bool {
		a, ok := c.(schema.AddColumn)
		return ok && f(a, t)
	}
}

// checked says that SQLite reads all rows to see that they pass: alter.c runs a check of the whole
// table for a column with CHECK, or one that is computed and NOT NULL.
func checked(c schema.AddColumn) bool {
	def, err := parseTable("CREATE TABLE t (" + columnDefinition(c.Column) + ")")
	if err != nil {
		return true
	}
	col := &def.columns[0]
	return col.part(partCheck) != nil || col.part(partGenerated) != nil && col.part(partNotNull) != nil
}

func isVirtualColumn(c schema.Change, t *schema.Table) bool {
	d, ok := c.(schema.DropColumn)
	col := t.Column(d.Column)
	return ok && col != nil && col.Generated == "virtual"
}

func isNotValid(c schema.Change, _ *schema.Table) bool {
	a, ok := c.(schema.AddConstraint)
	return ok && a.Constraint.NotValid
}

// leadsIndex says that an index begins with the column: NULLs come first in it.
func leadsIndex(c schema.Change, t *schema.Table) bool {
	for _, ix := range t.Indexes {
		if !ix.Partial && len(ix.Columns) > 0 && strings.EqualFold(ix.Columns[0], columnOfChange(c)) {
			return true
		}
	}
	return false
}
