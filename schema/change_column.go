package schema

// AddColumn adds a column. Column.Definition is the text behind the name, as the user wrote it,
// without inline constraints that became changes of their own.
type AddColumn struct {
	On
	Column      Column
	Position    string // "" (last), "FIRST" or "AFTER `x`", where the engine has it
	After       string // the column that it is to follow, where no Position was written
	IfNotExists bool
}

// Kind is "add-column".
func (AddColumn) Kind() string { return "add-column" }

// Title says what it does.
func (c AddColumn) Title(n Name) string { return "add column " + c.Column.Name + " to " + n.String() }

// Phase is Expand.
func (AddColumn) Phase() Phase { return Expand }

// DropColumn drops a column.
type DropColumn struct {
	On
	Column            string
	IfExists, Cascade bool
	Deployed          bool
}

// Kind is "drop-column".
func (DropColumn) Kind() string { return "drop-column" }

// Title says what it does.
func (c DropColumn) Title(n Name) string { return "drop column " + c.Column + " of " + n.String() }

// Phase is Contract.
func (DropColumn) Phase() Phase { return Contract }

// RenameColumn gives a column a new name.
type RenameColumn struct {
	On
	From, To string
}

// Kind is "rename-column".
func (RenameColumn) Kind() string { return "rename-column" }

// Title says what it does.
func (c RenameColumn) Title(n Name) string {
	return "rename column " + c.From + " of " + n.String() + " to " + c.To
}

// Phase is CutOver.
func (RenameColumn) Phase() Phase { return CutOver }

// ChangeType changes a column's type (also its collation). Where the engine's statement states
// the whole column anew (MODIFY, CHANGE), Definition is all that stands behind the name and the
// parser adds SetNotNull, SetDefault and so on for what differs from the present column.
type ChangeType struct {
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

// Kind is "change-type".
func (ChangeType) Kind() string { return "change-type" }

// Title says what it does.
func (c ChangeType) Title(n Name) string {
	return "change the type of " + n.String() + "." + c.Column + " to " + c.Type
}

// Phase is Expand.
func (ChangeType) Phase() Phase { return Expand }

// SetNotNull forbids NULL in a column.
type SetNotNull struct {
	On
	Column string
	// Proven: a valid check already says that no row is NULL, so nothing is scanned.
	Proven bool
	// Definition is the whole column where the engine's statement must state it anew.
	Definition string
}

// Kind is "set-not-null".
func (SetNotNull) Kind() string { return "set-not-null" }

// Title says what it does.
func (c SetNotNull) Title(n Name) string { return "forbid NULL in " + n.String() + "." + c.Column }

// Phase is Expand.
func (SetNotNull) Phase() Phase { return Expand }

// DropNotNull allows NULL in a column.
type DropNotNull struct {
	On
	Column     string
	Definition string
}

// Kind is "drop-not-null".
func (DropNotNull) Kind() string { return "drop-not-null" }

// Title says what it does.
func (c DropNotNull) Title(n Name) string { return "allow NULL in " + n.String() + "." + c.Column }

// Phase is Expand.
func (DropNotNull) Phase() Phase { return Expand }

// SetDefault sets a column's default for rows to come.
type SetDefault struct {
	On
	Column, Expr string
}

// Kind is "set-default".
func (SetDefault) Kind() string { return "set-default" }

// Title says what it does.
func (c SetDefault) Title(n Name) string { return "set the default of " + n.String() + "." + c.Column }

// Phase is Expand.
func (SetDefault) Phase() Phase { return Expand }

// DropDefault takes a column's default away.
type DropDefault struct {
	On
	Column string
}

// Kind is "drop-default".
func (DropDefault) Kind() string { return "drop-default" }

// Title says what it does.
func (c DropDefault) Title(n Name) string {
	return "drop the default of " + n.String() + "." + c.Column
}

// Phase is Expand.
func (DropDefault) Phase() Phase { return Expand }

// SetIdentity makes a column hand out numbers in this way ("always", "by default"), or no longer
// (""). Numbers says how it counts.
type SetIdentity struct {
	On
	Column, Identity, Numbers string
	// Onward: a column that takes numbers from elsewhere, or has some, goes on behind the largest.
	Onward bool
}

// Kind is "set-identity".
func (SetIdentity) Kind() string { return "set-identity" }

// Title says what it does.
func (c SetIdentity) Title(n Name) string {
	if c.Identity == "" {
		return "no longer number the rows of " + n.String() + " in " + c.Column
	}
	return "number the rows of " + n.String() + " in " + c.Column + " (" + c.Identity + ")"
}

// Phase is Expand.
func (SetIdentity) Phase() Phase { return Expand }

// SetGenerated gives a column an expression that computes it ("stored", "virtual"), or makes it an
// ordinary one (""), which keeps the values that it has.
type SetGenerated struct {
	On
	Column, Generated, Expr string
}

// Kind is "set-generated".
func (SetGenerated) Kind() string { return "set-generated" }

// Title says what it does.
func (c SetGenerated) Title(n Name) string {
	if c.Generated == "" {
		return "make " + n.String() + "." + c.Column + " an ordinary column, which keeps its values"
	}
	return "change the expression of " + n.String() + "." + c.Column
}

// Phase is Expand.
func (SetGenerated) Phase() Phase { return Expand }

// Backfill gives a column its value in existing rows, key range by key range.
type Backfill struct {
	On
	Column string
	From   string // the column whose value it gets; empty: Expr says
	Expr   string // an expression over the row
	Where  string // rows that still need it; empty: Column IS NULL
}

// Kind is "backfill".
func (Backfill) Kind() string { return "backfill" }

// Title says what it does.
func (c Backfill) Title(n Name) string { return "fill column " + c.Column + " of " + n.String() }

// Phase is Fill.
func (Backfill) Phase() Phase { return Fill }

// SyncColumns keeps two columns equal under writes to either (dual-write within the row).
type SyncColumns struct {
	On
	Old, New string
}

// Kind is "sync-columns".
func (SyncColumns) Kind() string { return "sync-columns" }

// Title says what it does.
func (c SyncColumns) Title(n Name) string {
	return "keep " + c.Old + " and " + c.New + " of " + n.String() + " equal"
}

// Phase is DualWrite.
func (SyncColumns) Phase() Phase { return DualWrite }

// UnsyncColumns ends SyncColumns.
type UnsyncColumns struct {
	On
	Old, New string
}

// Kind is "unsync-columns".
func (UnsyncColumns) Kind() string { return "unsync-columns" }

// Title says what it does.
func (c UnsyncColumns) Title(n Name) string {
	return "no longer keep " + c.Old + " and " + c.New + " of " + n.String() + " equal"
}

// Phase is Contract.
func (UnsyncColumns) Phase() Phase { return Contract }
