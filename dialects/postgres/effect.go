package postgres

import (
	"cmp"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Locks on tables as the manual (section 13.3.1) writes them, and what others cannot do meanwhile.
const (
	accessShare          = "ACCESS SHARE"
	rowExclusive         = "ROW EXCLUSIVE"
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
	share                = "SHARE"
	shareRowExclusive    = "SHARE ROW EXCLUSIVE"
	accessExclusive      = "ACCESS EXCLUSIVE"
)

var lockLevels = map[string]plan.Level{
	"":                   plan.BlocksNothing,
	accessShare:          plan.BlocksNothing,
	"ROW SHARE":          plan.BlocksNothing,
	rowExclusive:         plan.BlocksNothing,
	shareUpdateExclusive: plan.BlocksDDL,
	share:                plan.BlocksWrites,
	shareRowExclusive:    plan.BlocksWrites,
	"EXCLUSIVE":          plan.BlocksWrites,
	accessExclusive:      plan.BlocksAll,
}

// fact is a row of the table of effects.
type fact struct {
	lock     string // the strongest on an existing table
	rewrites bool   // a new relfilenode: every row and every index is written anew
	scans    bool   // every row is read under the lock
	builds   bool   // an index is built or rebuilt
	online   bool   // the long part happens without that lock
	loses    bool
	breaks   bool
	docs     bool // rests on the manual: not among what the tests measure
}

// facts is the table. Its rows were measured on 14 to 18 and hold for all of them; the tests
// measure each again (lock from pg_locks, relfilenodes, rows read).
var facts = map[string]fact{
	"create-table":                {docs: true},
	"create-table-references":     {lock: shareRowExclusive},
	"drop-table":                  {lock: accessExclusive, loses: true, breaks: true},
	"rename-table":                {lock: accessExclusive, breaks: true},
	"add-column":                  {lock: accessExclusive},
	"add-column-required":         {lock: accessExclusive, scans: true, breaks: true}, // NOT NULL without default
	"add-column-rewrite":          {lock: accessExclusive, rewrites: true},            // volatile default, stored, identity, serial, domain with a constraint
	"drop-column":                 {lock: accessExclusive, loses: true, breaks: true},
	"rename-column":               {lock: accessExclusive, breaks: true},
	"change-type":                 {lock: accessExclusive},
	"change-type-rewrite":         {lock: accessExclusive, rewrites: true},
	"change-type-scan":            {lock: accessExclusive, scans: true},               // a check on the column is verified again
	"change-type-index":           {lock: accessExclusive, scans: true, builds: true}, // an index on the column is rebuilt
	"set-not-null":                {lock: accessExclusive, scans: true},
	"set-not-null-proven":         {lock: accessExclusive},
	"drop-not-null":               {lock: accessExclusive},
	"set-default":                 {lock: accessExclusive},
	"drop-default":                {lock: accessExclusive},
	"add-index":                   {lock: share, scans: true, builds: true},
	"add-index-online":            {lock: shareUpdateExclusive, scans: true, builds: true, online: true},
	"drop-index":                  {lock: accessExclusive},
	"drop-index-online":           {lock: shareUpdateExclusive, online: true},
	"rename-index":                {},                                                 // it locks the index alone
	"add-unique":                  {lock: accessExclusive, scans: true, builds: true}, // primary key and exclusion too
	"add-unique-using-index":      {lock: accessExclusive},
	"add-primary-key-using-index": {lock: accessExclusive, scans: true}, // over a column that may be NULL
	"add-check":                   {lock: accessExclusive, scans: true},
	"add-check-not-valid":         {lock: accessExclusive},
	"add-foreign-key":             {lock: shareRowExclusive, scans: true}, // on both tables
	"add-foreign-key-not-valid":   {lock: shareRowExclusive},
	"validate-constraint":         {lock: shareUpdateExclusive, scans: true},
	"drop-constraint":             {lock: accessExclusive},
	"set-identity":                {lock: accessExclusive, docs: true},
	"set-generated":               {lock: accessExclusive, docs: true}, // DROP EXPRESSION, or another of a virtual column
	"set-expression-rewrite":      {lock: accessExclusive, rewrites: true, docs: true},
	"backfill":                    {lock: rowExclusive, online: true, docs: true},
	"sync-columns":                {lock: shareRowExclusive, docs: true}, // CREATE TRIGGER, for a moment
	"unsync-columns":              {lock: accessExclusive, docs: true},   // DROP TRIGGER, for a moment
	string(schema.MakeShadow):     {lock: accessShare, docs: true},
	string(schema.StartCapture):   {lock: shareRowExclusive, docs: true},
	string(schema.CopyRows):       {lock: accessShare, online: true, docs: true},
	string(schema.BuildIndexes):   {online: true, docs: true}, // on the shadow, which nobody uses
	string(schema.CompareRows):    {lock: accessShare, online: true, docs: true},
	string(schema.SwapTables):     {lock: accessExclusive, docs: true},
	string(schema.DropOld):        {lock: accessExclusive, docs: true},
	"hold":                        {docs: true},
}

// Effect says what a change does to others as one statement.
func (d *Dialect) Effect(c schema.Change, s *schema.Schema) plan.Effect {
	switch c := c.(type) {
	case schema.Native:
		return d.effects(c.Clauses, s)
	case schema.Alter:
		return d.effects(c.Clauses, s)
	case schema.Verbatim:
		return ofVerbatim(c, s.Table(c.Name))
	case schema.ChangeObject:
		return d.objectEffect(c, s)
	}
	t := s.Table(c.Table())
	key := d.factKey(c, t)
	if key == "" {
		return plan.Unknown()
	}
	e := facts[key].effect(t)
	switch c := c.(type) {
	case schema.ChangeType:
		if t == nil || t.Column(c.Column) == nil {
			e.Source = plan.NotKnown // what it was before decides
		} else {
			e.LosesData = losesValues(t.Column(c.Column).Type, c.Type)
			e.Refused = cmp.Or(boundType(c.Column, t), viewInTheWay(t, c.Column))
		}
	case schema.DropColumn:
		if !c.Cascade {
			e.Refused = viewInTheWay(t, c.Column)
		}
	case schema.DropTable:
		if !c.Cascade {
			e.Refused = viewInTheWay(t, "")
		}
	case schema.AddColumn:
		if v, _ := worstCall(c.Column.Default); v == "unknown" {
			e.Source = plan.NotKnown // whether the function is volatile decides
		}
	case schema.Backfill:
		if _, timed := atBegin(c.Expr); timed {
			e.Refused = "the value of column " + c.Column + " is of the time of the statement, one for all rows"
		}
	case schema.AddConstraint:
		e.Refused = refusedUsingIndex(c)
	case schema.SetGenerated:
		e.Refused = d.refusedGenerated(c, t)
	case schema.SyncColumns:
		e.Refused = syncRefusal(c, t)
	case schema.TwinIndex:
		e.Refused = twinRefusal(c, s)
	}
	e.Also, e.Unpriced = append(d.also(c, s), d.inHeirs(c, e, t, s)...), unpriced(c, e, t)
	if e.Refused == "" && t != nil && t.Extra[extraPartitioned] != "" {
		e.Refused = d.refusedPartitioned(c)
	}
	return e
}

// ofVerbatim is the effect of a statement that is not read further, about a table; nil: about none that is known.
func ofVerbatim(c schema.Verbatim, t *schema.Table) plan.Effect {
	e := verbatimEffect(c)
	if e.Source != plan.NotKnown {
		e.Unpriced = unpriced(c, e, t)
	}
	if t != nil && t.Extra[extraPartitioned] != "" && setsOptions(c) {
		e.Refused = "PostgreSQL keeps no storage parameters for a partitioned table: set them for its partitions"
	}
	return e
}

// viewInTheWay names the views that read a column, or with "" any: the server does not drop what a
// view reads, nor change its type.
func viewInTheWay(t *schema.Table, column string) string {
	if t == nil {
		return ""
	}
	var names []string
	for _, r := range take[[]viewReader](t, extraReaders) {
		if column == "" || slices.Contains(r.Columns, column) {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	what := t.Name.String()
	if column != "" {
		what += "." + column
	}
	return strings.Join(names, ", ") + " reads " + what + ": PostgreSQL refuses the change until the view is dropped"
}

// refusedPartitioned says what a partitioned table does not take; its partitions do.
func (d *Dialect) refusedPartitioned(c schema.Change) string {
	switch c := c.(type) {
	case schema.CreateIndex:
		if c.Online {
			return "a partitioned table takes no index CONCURRENTLY: build one on each partition, create it ON ONLY the table, and attach them"
		}
	case schema.TwinIndex:
		return d.refusedPartitioned(twin(c))
	case schema.DropIndex:
		if c.Online {
			return "an index of a partitioned table cannot be dropped CONCURRENTLY"
		}
	case schema.AddConstraint:
		if c.UsingIndex != "" {
			return "a constraint of a partitioned table cannot take over an index"
		}
		if c.Constraint.Kind == schema.ForeignKey && c.Constraint.NotValid && d.major < 18 {
			return "a partitioned table takes no foreign key NOT VALID before PostgreSQL 18"
		}
	}
	return ""
}

// effects unites the clauses of one statement.
func (d *Dialect) effects(clauses []schema.Change, s *schema.Schema) plan.Effect {
	if len(clauses) == 0 {
		return plan.Unknown()
	}
	e := d.Effect(clauses[0], s)
	for _, c := range clauses[1:] {
		e = e.Worst(d.Effect(c, s))
	}
	return e
}

func (f fact) effect(t *schema.Table) plan.Effect {
	e := plan.Effect{
		Blocks: lockLevels[f.lock], Lock: f.lock,
		Passes:    plan.Passes{Rewrites: f.rewrites, Scans: f.scans || f.rewrites, RebuildsIndexes: f.builds},
		LosesData: f.loses, Breaks: f.breaks, Online: f.online, Source: plan.Measured,
	}
	if f.rewrites && (t == nil || len(t.Indexes) > 0) {
		e.RebuildsIndexes = true
	}
	if f.docs {
		e.Source = plan.FromDocs
	}
	return e
}

// factKey finds a change's row in the table; empty: there is none. t is nil where it is not known.
func (d *Dialect) factKey(c schema.Change, t *schema.Table) string {
	switch c := c.(type) {
	case schema.CreateTable:
		if c.Def != nil && slices.ContainsFunc(c.Def.Constraints, func(k schema.Constraint) bool {
			return k.Kind == schema.ForeignKey && k.RefTable != c.Name
		}) {
			return "create-table-references"
		}
		return "create-table"
	case schema.AddColumn:
		return d.addColumnKey(c)
	case schema.ChangeType:
		return d.changeTypeKey(c, t)
	case schema.SetNotNull:
		if c.Proven || provenNotNull(c.Column, t) {
			return "set-not-null-proven"
		}
		return "set-not-null"
	case schema.CreateIndex:
		return online("add-index", c.Online)
	case schema.DropIndex:
		return online("drop-index", c.Online)
	case schema.TwinIndex:
		return "add-index-online"
	case schema.ReplaceIndex:
		if c.Of.Constraint != "" {
			return "add-unique-using-index"
		}
		return "drop-index-online"
	case schema.AddConstraint:
		return d.addConstraintKey(c, t)
	case schema.SetIdentity:
		return "set-identity"
	case schema.SetGenerated:
		if c.Generated == "stored" {
			return "set-expression-rewrite"
		}
		return "set-generated"
	}
	if part, ok := c.(schema.CopyTable); ok {
		return string(part.Part)
	}
	if _, ok := facts[c.Kind()]; ok {
		return c.Kind()
	}
	return ""
}

func online(key string, yes bool) string {
	if yes {
		return key + "-online"
	}
	return key
}

// addColumnKey follows the server's rule: the table is written anew when a row's value cannot be
// told without looking at the row, or differs from row to row. DEFAULT now() is one value for all.
func (d *Dialect) addColumnKey(c schema.AddColumn) string {
	col := c.Column
	v, _ := worstCall(col.Default)
	typ := parseType(col.Type)
	if src := newSource(col.Definition); len(src.tokens) > 0 && typ.base == "" {
		typ = parseType(col.Definition)
	}
	switch {
	case makesSequence(col), col.Generated == "stored", v == "volatile", v == "unknown", d.constrainedDomains[typ.base]:
		return "add-column-rewrite"
	case col.NotNull && col.Default == "" && col.Generated == "":
		return "add-column-required"
	}
	return "add-column"
}

func (d *Dialect) addConstraintKey(c schema.AddConstraint, t *schema.Table) string {
	k := c.Constraint
	switch {
	case c.UsingIndex != "" && k.Kind == schema.PrimaryKey && mayBeNull(k.Columns, t):
		return "add-primary-key-using-index"
	case c.UsingIndex != "":
		return "add-unique-using-index"
	case k.Kind == schema.PrimaryKey || k.Kind == schema.Unique || exclusion(k):
		return "add-unique"
	case k.Kind == schema.ForeignKey && k.NotValid:
		return "add-foreign-key-not-valid"
	case k.Kind == schema.ForeignKey:
		return "add-foreign-key"
	case k.NotValid:
		return "add-check-not-valid"
	}
	return "add-check" // NOT NULL as a constraint (18) too
}

func mayBeNull(columns []string, t *schema.Table) bool {
	if t == nil {
		return true
	}
	for _, name := range columns {
		col := t.Column(name)
		if col == nil || !col.NotNull && !provenNotNull(name, t) {
			return true
		}
	}
	return len(columns) == 0
}

// refusedUsingIndex says why a constraint cannot take over an index that rules would build for it:
// the index is made of its columns alone.
func refusedUsingIndex(c schema.AddConstraint) string {
	if c.UsingIndex == "" {
		return ""
	}
	src := newSource(c.Constraint.Definition)
	if src.find(0, "include") >= 0 || src.find(0, "nulls") >= 0 || src.find(0, "with") >= 0 {
		return "an index of the columns alone does not do what the constraint says"
	}
	return ""
}
