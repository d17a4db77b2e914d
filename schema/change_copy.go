package schema

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

// CreateShadow makes the new table beside the live one, without secondary indexes.
type CreateShadow struct{ *Copy }

// Kind is "create-shadow".
func (CreateShadow) Kind() string { return "create-shadow" }

// Title says what it does.
func (CreateShadow) Title(n Name) string { return "create the shadow table of " + n.String() }

// Phase is Expand.
func (CreateShadow) Phase() Phase { return Expand }

// StartCapture logs the key of each changed row.
type StartCapture struct{ *Copy }

// Kind is "start-capture".
func (StartCapture) Kind() string { return "start-capture" }

// Title says what it does.
func (StartCapture) Title(n Name) string { return "log the key of each changed row of " + n.String() }

// Phase is DualWrite.
func (StartCapture) Phase() Phase { return DualWrite }

// CopyRows copies key range by key range.
type CopyRows struct{ *Copy }

// Kind is "copy-rows".
func (CopyRows) Kind() string { return "copy-rows" }

// Title says what it does.
func (CopyRows) Title(n Name) string {
	return "copy the rows of " + n.String() + " into its shadow table"
}

// Phase is Fill.
func (CopyRows) Phase() Phase { return Fill }

// BuildIndexes builds all secondary indexes, once, from sorted data.
type BuildIndexes struct{ *Copy }

// Kind is "build-indexes".
func (BuildIndexes) Kind() string { return "build-indexes" }

// Title says what it does.
func (BuildIndexes) Title(n Name) string {
	return "build the indexes of the shadow table of " + n.String()
}

// Phase is Fill.
func (BuildIndexes) Phase() Phase { return Fill }

// VerifyCopy compares range by range, repairs, and compares again.
type VerifyCopy struct{ *Copy }

// Kind is "verify-copy".
func (VerifyCopy) Kind() string { return "verify-copy" }

// Title says what it does.
func (VerifyCopy) Title(n Name) string {
	return "compare " + n.String() + " with its shadow table, row by row"
}

// Phase is Verify.
func (VerifyCopy) Phase() Phase { return Verify }

// SwapTables is the cut-over; from there on the old table is kept current.
type SwapTables struct{ *Copy }

// Kind is "swap-tables".
func (SwapTables) Kind() string { return "swap-tables" }

// Title says what it does.
func (SwapTables) Title(n Name) string { return "let the new table serve as " + n.String() }

// Phase is CutOver.
func (SwapTables) Phase() Phase { return CutOver }

// DropOld contracts: reverse capture, the old table and the logs go.
type DropOld struct{ *Copy }

// Kind is "drop-old".
func (DropOld) Kind() string { return "drop-old" }

// Title says what it does.
func (DropOld) Title(n Name) string { return "drop the old table of " + n.String() + " and the logs" }

// Phase is Contract.
func (DropOld) Phase() Phase { return Contract }
