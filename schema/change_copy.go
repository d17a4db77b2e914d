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

// CopyTable is one part of a table copy. A copy's parts follow each other as CopyParts has them; each dialect scripts
// them.
type CopyTable struct {
	*Copy
	Part CopyPart
}

// CopyPart is a part of a table copy.
type CopyPart string

// The parts.
const (
	MakeShadow   CopyPart = "make-shadow"   // the new table beside the live one, without secondary indexes
	StartCapture CopyPart = "start-capture" // log the key of each changed row
	CopyRows     CopyPart = "copy-rows"     // key range by key range
	BuildIndexes CopyPart = "build-indexes" // all secondary indexes, once, from sorted data
	CompareRows  CopyPart = "compare-rows"  // range by range, repair, compare again
	SwapTables   CopyPart = "swap-tables"   // the cut-over; from there on the old table is kept current
	DropOld      CopyPart = "drop-old"      // contract: reverse capture, the old table and the logs go
)

// CopyParts are the parts in their order.
func CopyParts() []CopyPart {
	return []CopyPart{MakeShadow, StartCapture, CopyRows, BuildIndexes, CompareRows, SwapTables, DropOld}
}

// Kind is "copy-table".
func (CopyTable) Kind() string { return "copy-table" }

// Title says what it does.
func (c CopyTable) Title(n Name) string {
	switch c.Part {
	case MakeShadow:
		return "create the shadow table of " + n.String()
	case StartCapture:
		return "log the key of each changed row of " + n.String()
	case CopyRows:
		return "copy the rows of " + n.String() + " into its shadow table"
	case BuildIndexes:
		return "build the indexes of the shadow table of " + n.String()
	case CompareRows:
		return "compare " + n.String() + " with its shadow table, row by row"
	case SwapTables:
		return "let the new table serve as " + n.String()
	case DropOld:
		return "drop the old table of " + n.String() + " and the logs"
	}
	return ""
}

// Phase is its part's.
func (c CopyTable) Phase() Phase {
	switch c.Part {
	case MakeShadow:
		return Expand
	case StartCapture:
		return DualWrite
	case CopyRows, BuildIndexes:
		return Fill
	case CompareRows:
		return Verify
	case SwapTables:
		return CutOver
	case DropOld:
		return Contract
	}
	return Expand
}
