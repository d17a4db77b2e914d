package schema

// Change is one thing that is to happen to the schema. What users write (a statement, a file, a
// wanted schema) becomes changes; rules rewrite unsafe ones into milder ones; a Dialect scripts
// what is left. The set is closed: every type of this package that embeds On.
type Change interface {
	// Table is the table that the change is about.
	Table() Name
	// Kind is the change's name in findings, rules and JSON: "change-type".
	Kind() string
}

// On names the table that a change is about.
type On struct{ Name Name }

// Table gives the name.
func (o On) Table() Name { return o.Name }

// What users write.
type (
	// CreateTable makes a new table. Def is what it will be, as far as the parser knows. SQL is empty
	// where nobody wrote it: then Def is all of it.
	CreateTable struct {
		On
		SQL string
		Def *Table
		// Like is the table whose definition it gets, where the statement names one instead of columns.
		Like Name
		// IfNotExists: an existing table of that name is left as it is.
		IfNotExists bool
		// Filled: it is made out of the rows that a query gives.
		Filled bool
	}
	// DropTable drops a table.
	DropTable struct {
		On
		IfExists, Cascade bool
		// Deployed: a hold before it made sure that the application no longer uses it.
		Deployed bool
	}
	// RenameTable gives a table a new name in the same schema.
	RenameTable struct {
		On
		To string
	}
	// AddColumn adds a column. Column.Definition is the text behind the name, as the user wrote it,
	// without inline constraints that became changes of their own.
	AddColumn struct {
		On
		Column      Column
		Position    string // "" (last), "FIRST" or "AFTER `x`", where the engine has it
		After       string // the column that it is to follow, where no Position was written
		IfNotExists bool
	}
	// DropColumn drops a column.
	DropColumn struct {
		On
		Column            string
		IfExists, Cascade bool
		Deployed          bool
	}
	// RenameColumn gives a column a new name.
	RenameColumn struct {
		On
		From, To string
	}
	// ChangeType changes a column's type (also its collation). Where the engine's statement states
	// the whole column anew (MODIFY, CHANGE), Definition is all that stands behind the name and the
	// parser adds SetNotNull, SetDefault and so on for what differs from the present column.
	ChangeType struct {
		On
		Column     string
		Type       string // as the user wrote it
		Using      string // the expression of a USING clause
		Collation  string
		Definition string
		Position   string
		// Becomes is the whole column as it will be, where the statement states it anew; nil: what the
		// change does not name stays.
		Becomes *Column
	}
	// SetNotNull forbids NULL in a column.
	SetNotNull struct {
		On
		Column string
		// Proven: a valid check already says that no row is NULL, so nothing is scanned.
		Proven bool
		// Definition is the whole column where the engine's statement must state it anew.
		Definition string
	}
	// DropNotNull allows NULL in a column.
	DropNotNull struct {
		On
		Column     string
		Definition string
	}
	// SetDefault sets a column's default for rows to come.
	SetDefault struct {
		On
		Column, Expr string
	}
	// DropDefault takes a column's default away.
	DropDefault struct {
		On
		Column string
	}
	// SetIdentity makes a column hand out numbers in this way ("always", "by default"), or no longer
	// (""). Numbers says how it counts.
	SetIdentity struct {
		On
		Column, Identity, Numbers string
		// Onward: a column that takes numbers from elsewhere, or has some, goes on behind the largest.
		Onward bool
	}
	// SetGenerated gives a column an expression that computes it ("stored", "virtual"), or makes it an
	// ordinary one (""), which keeps the values that it has.
	SetGenerated struct {
		On
		Column, Generated, Expr string
	}
	// CreateIndex builds an index. Text is what stands behind the table's name: "USING btree (a, b) WHERE …".
	CreateIndex struct {
		On
		Index       Index
		Text        string
		IfNotExists bool
		// Online: build without blocking writers (CONCURRENTLY, LOCK=NONE).
		Online bool
	}
	// DropIndex drops an index.
	DropIndex struct {
		On
		Index    string
		IfExists bool
		Online   bool
	}
	// RenameIndex gives an index a new name.
	RenameIndex struct {
		On
		From, To string
	}
	// AddConstraint adds a primary key, unique, check or foreign key.
	// Constraint.NotValid: existing rows are not checked yet.
	AddConstraint struct {
		On
		Constraint Constraint
		// UsingIndex names a unique index that already does the work.
		UsingIndex string
	}
	// ValidateConstraint checks existing rows against a constraint added NotValid.
	ValidateConstraint struct {
		On
		Constraint Constraint
	}
	// DropConstraint drops a constraint.
	DropConstraint struct {
		On
		Constraint        string
		What              ConstraintKind // "" where the text does not say
		IfExists, Cascade bool
	}
	// SetOption sets what is said of the table itself: its comment, its row format, its character set.
	SetOption struct {
		On
		Option string // its name in lower case: "row_format"
		Text   string // the clause as the user wrote it
		// Extra is what becomes of Table.Extra.
		Extra map[string]string
	}
	// Alter is several clauses on one table that share one pass.
	Alter struct {
		On
		Clauses []Change
	}
	// Verbatim is what nobody could read: shown, priced as the worst, never rewritten.
	Verbatim struct {
		On     // empty where the table is not known
		SQL    string
		Reason string // why it could not be read; where it is known: what there is to say of it
		Known  bool   // what it does to others is known all the same
		// Drops names what the application may use and the statement takes away ("view public.v"); Deployed:
		// a hold before it made sure that nobody uses that any more.
		Drops    string
		Deployed bool
		// DropsTrigger names a trigger of its table that it takes away; MakesTrigger is one that it gives to it.
		DropsTrigger string
		MakesTrigger *Trigger
		// Extra is what becomes of Table.Extra of tables that it names; an empty text: that is gone.
		Extra []Extra
		// Absent names what is not there, and about which the statement says IF EXISTS: it does nothing.
		Absent string
		// Moves is the schema into which it moves its table; empty: the table stays where it is.
		Moves string
		// KeepsTables: whatever else it does, every table, and what belongs to one, is afterwards defined
		// as before (SELECT, INSERT, CREATE FUNCTION).
		KeepsTables bool
		// Constants is how many rows it inserts into its table whose values stand in its text; 0: it is another
		// statement, or takes values from elsewhere.
		Constants int
		// Only are the known tables that it may concern, where that is known: what reads others, or is a type of
		// others, is none of theirs. nil: any.
		Only []Name
		// Uproots: it may take away, or turn into something else, what no table that is known owns and any
		// may need (DROP TYPE, ALTER SCHEMA): an old table that is still kept would stand in its way.
		Uproots bool
		// Names are all known tables that it names.
		Names []Name
	}
)

// Extra is what becomes of a table's Extra.
type Extra struct {
	On
	Texts map[string]string
}

// What planning makes.
type (
	// Native is a statement that no rule rewrote: run as the user wrote it. Clauses say what it
	// does, for its proof and its way back.
	Native struct {
		On
		Setup   []string // run before it in its session
		Within  []string // run before it in its transaction
		SQL     string
		Clauses []Change
		// Promise is what the server said, when it was asked, that it keeps to; nil: it was not asked.
		Promise *Promise
		// Own: the plan makes the table itself, so nobody waits and nothing has to be promised.
		Own bool
	}
	// Backfill gives a column its value in existing rows, key range by key range.
	Backfill struct {
		On
		Column string
		From   string // the column whose value it gets; empty: Expr says
		Expr   string // an expression over the row
		Where  string // rows that still need it; empty: Column IS NULL
	}
	// SyncColumns keeps two columns equal under writes to either (dual-write within the row).
	SyncColumns struct {
		On
		Old, New string
	}
	// UnsyncColumns ends SyncColumns.
	UnsyncColumns struct {
		On
		Old, New string
	}
	// TwinIndex builds, without blocking writers, an index beside Of that is equal to it but for one
	// column: New stands in the place of Old. Where both columns hold the same values, a unique twin
	// holds if Of does.
	TwinIndex struct {
		On
		Of       Index
		Twin     string // the new index's name
		Old, New string
	}
	// ReplaceIndex drops the index that has a twin. The twin gets its name, and its constraint where
	// it serves one.
	ReplaceIndex struct{ TwinIndex }
	// Hold stops the run until the operator says that the application is deployed.
	Hold struct {
		On
		Why string
	}
	// The parts of a table copy, in their order. Each dialect scripts them.
	CreateShadow struct{ *Copy } // the new table beside the live one, without secondary indexes
	StartCapture struct{ *Copy } // log the key of each changed row
	CopyRows     struct{ *Copy } // key range by key range
	BuildIndexes struct{ *Copy } // all secondary indexes, once, from sorted data
	VerifyCopy   struct{ *Copy } // compare range by range, repair, compare again
	SwapTables   struct{ *Copy } // the cut-over; from there on the old table is kept current
	DropOld      struct{ *Copy } // contract: reverse capture, the old table and the logs go
)

// Promise is how a server carries a statement out, in its own words: ALGORITHM and LOCK.
type Promise struct{ Algorithm, Lock string }

// Copy is a table copy: live table, its shadow and what changes on the way.
type Copy struct {
	On
	Statements []Native // whole statements, in their order
	Clauses    []Change // the changes of all of them, which the shadow table gets
	Live       *Table
	Key        []Column // the live table's key, in whose order both tables are walked
	// Columns are those of the shadow that come from one of the live table's. A column that only one
	// of the two tables computes is among them; where both do, it is not.
	Columns []Mapping
}

// Mapping says where a column of the shadow gets its value from. A column that is new and has no
// Using is filled by its default.
type Mapping struct {
	To   string // the shadow's column
	From string // the live table's column, by the name that it has there; "" for a new one
	// Using is an expression over the live row that gives the value; empty: the column itself. Of a
	// new column it is the constant that existing rows get, where that is not its default.
	Using string
	// Type is the new type where it changes; empty: as it was.
	Type string
}

// Kinds.
func (CreateTable) Kind() string  { return "create-table" }
func (DropTable) Kind() string    { return "drop-table" }
func (RenameTable) Kind() string  { return "rename-table" }
func (AddColumn) Kind() string    { return "add-column" }
func (DropColumn) Kind() string   { return "drop-column" }
func (RenameColumn) Kind() string { return "rename-column" }
func (ChangeType) Kind() string   { return "change-type" }
func (SetNotNull) Kind() string   { return "set-not-null" }
func (DropNotNull) Kind() string  { return "drop-not-null" }
func (SetDefault) Kind() string   { return "set-default" }
func (DropDefault) Kind() string  { return "drop-default" }
func (SetIdentity) Kind() string  { return "set-identity" }
func (SetGenerated) Kind() string { return "set-generated" }
func (CreateIndex) Kind() string  { return "add-index" }
func (DropIndex) Kind() string    { return "drop-index" }
func (RenameIndex) Kind() string  { return "rename-index" }
func (SetOption) Kind() string    { return "set-option" }

// Kind names the kind of constraint too: "add-foreign-key".
func (c AddConstraint) Kind() string {
	switch c.Constraint.Kind {
	case PrimaryKey:
		return "add-primary-key"
	case Unique:
		return "add-unique"
	case Check:
		return "add-check"
	case ForeignKey:
		return "add-foreign-key"
	case OtherKind:
	}
	return "add-constraint"
}
func (ValidateConstraint) Kind() string { return "validate-constraint" }
func (DropConstraint) Kind() string     { return "drop-constraint" }
func (a Alter) Kind() string            { return KindOf(a.Clauses, "alter-table") }
func (Verbatim) Kind() string           { return "verbatim" }
func (n Native) Kind() string           { return KindOf(n.Clauses, "statement") }
func (Backfill) Kind() string           { return "backfill" }
func (SyncColumns) Kind() string        { return "sync-columns" }
func (UnsyncColumns) Kind() string      { return "unsync-columns" }
func (TwinIndex) Kind() string          { return "twin-index" }
func (ReplaceIndex) Kind() string       { return "replace-index" }
func (Hold) Kind() string               { return "hold" }
func (CreateShadow) Kind() string       { return "create-shadow" }
func (StartCapture) Kind() string       { return "start-capture" }
func (CopyRows) Kind() string           { return "copy-rows" }
func (BuildIndexes) Kind() string       { return "build-indexes" }
func (VerifyCopy) Kind() string         { return "verify-copy" }
func (SwapTables) Kind() string         { return "swap-tables" }
func (DropOld) Kind() string            { return "drop-old" }

// Statement is one statement of the user's, with its place. Lines and columns are 1-based;
// columns count bytes.
type Statement struct {
	SQL   string
	Setup []string // what the script has set in its session before it
	// Within is what holds for its names. Steps of our own name everything in full and need none of it.
	Within    []string
	File      string
	Line      int
	Column    int
	EndLine   int
	EndColumn int
	Changes   []Change
}
