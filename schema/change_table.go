package schema

// CreateTable makes a new table. Def is what it will be, as far as the parser knows. SQL is empty
// where nobody wrote it: then Def is all of it.
type CreateTable struct {
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

// Kind is "create-table".
func (CreateTable) Kind() string { return "create-table" }

// Title says what it does.
func (CreateTable) Title(n Name) string { return "create table " + n.String() }

// Phase is Expand.
func (CreateTable) Phase() Phase { return Expand }

// DropTable drops a table.
type DropTable struct {
	On
	IfExists, Cascade bool
	// Deployed: a hold before it made sure that the application no longer uses it.
	Deployed bool
}

// Kind is "drop-table".
func (DropTable) Kind() string { return "drop-table" }

// Title says what it does.
func (DropTable) Title(n Name) string { return "drop table " + n.String() }

// Phase is Contract.
func (DropTable) Phase() Phase { return Contract }

// RenameTable gives a table a new name in the same schema.
type RenameTable struct {
	On
	To string
}

// Kind is "rename-table".
func (RenameTable) Kind() string { return "rename-table" }

// Title says what it does.
func (c RenameTable) Title(n Name) string { return "rename table " + n.String() + " to " + c.To }

// Phase is CutOver.
func (RenameTable) Phase() Phase { return CutOver }

// SetOption sets what is said of the table itself: its comment, its row format, its character set.
type SetOption struct {
	On
	Option string // its name in lower case: "row_format"
	Text   string // the clause as the user wrote it
	// Extra is what becomes of Table.Extra.
	Extra map[string]string
}

// Kind is "set-option".
func (SetOption) Kind() string { return "set-option" }

// Title says what it does.
func (c SetOption) Title(n Name) string { return "set " + c.Option + " of " + n.String() }

// Phase is Expand.
func (SetOption) Phase() Phase { return Expand }
