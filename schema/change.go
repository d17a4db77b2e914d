package schema

// Change is one thing that is to happen to the schema. What users write (a statement, a file, a
// wanted schema) becomes changes; rules rewrite unsafe ones into milder ones; a Dialect scripts
// what is left. The set is closed: every type of this package that embeds On. Each family has a
// file: change_table.go, change_column.go and so on.
type Change interface {
	// Table is the table that the change is about.
	Table() Name
	// Kind is the change's name in findings, rules and JSON: "change-type".
	Kind() string
	// Title says what it does to a table of that name, for people.
	Title(table Name) string
	// Phase is its place in a safe change.
	Phase() Phase
	sealed()
}

// Phase is the place of a change, and of a step, in a safe change. It is for people and for holds;
// nothing else decides by it.
type Phase string

// The phases, in their order.
const (
	Expand    Phase = "expand"
	DualWrite Phase = "dual-write"
	Fill      Phase = "backfill"
	Verify    Phase = "verify"
	CutOver   Phase = "cut-over"
	Contract  Phase = "contract"
)

var phases = []Phase{Expand, DualWrite, Fill, Verify, CutOver, Contract}

// Kinds are the kinds of all changes that users write, but for ChangeObject's, which name the kind of object.
func Kinds() []string {
	written := []Change{
		CreateTable{},
		DropTable{},
		RenameTable{},
		SetOption{},
		AddColumn{},
		DropColumn{},
		RenameColumn{},
		ChangeType{},
		SetNotNull{},
		DropNotNull{},
		SetDefault{},
		DropDefault{},
		SetIdentity{},
		SetGenerated{},
		CreateIndex{},
		DropIndex{},
		RenameIndex{},
		ValidateConstraint{},
		DropConstraint{},
		Alter{},
		Native{},
		Verbatim{},
	}
	for _, k := range []ConstraintKind{PrimaryKey, Unique, Check, ForeignKey, OtherKind} {
		written = append(written, AddConstraint{Constraint: Constraint{Kind: k}})
	}
	kinds := make([]string, len(written))
	for i, c := range written {
		kinds[i] = c.Kind()
	}
	return kinds
}

// On names the table that a change is about.
type On struct{ Name Name }

// Table gives the name.
func (o On) Table() Name { return o.Name }

func (On) sealed() {}

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
