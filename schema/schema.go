package schema

import (
	"slices"
	"strings"
)

// Name is a table's name. Schema is what the engine groups tables by (a schema, a database, an
// attached file); it is empty where the text did not give one and nothing resolved it yet.
type Name struct {
	Schema string `json:"schema,omitempty"`
	Table  string `json:"table"`
}

// String gives the name for people, unquoted: "public.orders".
func (n Name) String() string {
	if n.Schema == "" || n.Table == "" {
		return n.Table
	}
	return n.Schema + "." + n.Table
}

// Schema is what a server (or a schema file) holds, as far as planning needs it.
type Schema struct {
	Dialect string `json:"dialect"`        // the engine's name, as its dialect gives it
	Version string `json:"version"`        // the server's version, for example "15.18"
	Default string `json:"default_schema"` // the schema of unqualified names
	// Path are the schemas in which the server looks for unqualified names, where they are several; the first
	// is Default.
	Path   []string `json:"path,omitempty"`
	Strict bool     `json:"strict"` // false: the server changes values that do not fit without an error
	Tables []*Table `json:"tables"`

	// TimeZone is the one in which the server's sessions begin, where values are converted in it; empty:
	// not known, or none.
	TimeZone string `json:"time_zone,omitempty"`

	Objects []Object `json:"objects,omitempty"`
	Ways    Ways     `json:"ways,omitzero"`
	// Others counts what is there and is not compared with a wanted schema, by kind: "views".
	Others map[string]int `json:"others,omitempty"`

	// Settings are what the database keeps for its application, by name (a number of its own schema's).
	Settings map[string]string `json:"-"`

	// Stale names a statement that was not read, after which other tables may be there.
	Stale string `json:"-"`

	// Partial: tables that are not listed may exist (planning offline without a schema).
	Partial bool `json:"partial,omitempty"`
}

// Table finds a table by name; an empty Schema in name means the default schema.
// It gives nil when there is none.
func (s *Schema) Table(name Name) *Table {
	if s == nil {
		return nil
	}
	name = s.Resolve(name)
	for _, t := range s.Tables {
		if t.Name == name {
			return t
		}
	}
	for _, t := range s.Tables {
		if strings.EqualFold(t.Name.Table, name.Table) && t.Name.Schema == name.Schema && t.FoldsCase && !t.ExactName {
			return t
		}
	}
	return nil
}

// means says whether a name is that of one of the tables, without a search where it cannot be.
func (s *Schema) means(name Name, t *Table) bool {
	return strings.EqualFold(name.Table, t.Name.Table) && s.Table(name) == t
}

// Resolve fills in the default schema.
func (s *Schema) Resolve(name Name) Name {
	if name.Schema == "" && s != nil {
		name.Schema = s.Default
	}
	return name
}

// Table is a base table with all that belongs to it.
type Table struct {
	Name        Name         `json:"name"`
	Columns     []Column     `json:"columns"`
	Indexes     []Index      `json:"indexes,omitempty"`     // secondary and unique indexes, and the primary key's
	Constraints []Constraint `json:"constraints,omitempty"` // primary key, unique, check, foreign
	Triggers    []Trigger    `json:"triggers,omitempty"`
	Options     []Option     `json:"options,omitempty"`    // what is said of the table itself, where that is a clause of ALTER TABLE
	Definition  string       `json:"definition,omitempty"` // the engine's own text where it has one (SHOW CREATE TABLE)
	Comment     string       `json:"comment,omitempty"`
	FoldsCase   bool         `json:"folds_case,omitempty"` // the engine compares this table's names without case
	ExactName   bool         `json:"-"`                    // but not the table's own name
	Nameless    bool         `json:"-"`                    // the engine gives no name to a constraint that has none
	// Without gives an index over several columns as it is when one of them is dropped; nil: it goes too.
	Without func(ix Index, column string) Index `json:"-"`
	// Renamed gives a text (of an index, a constraint, a computed column) as it is when one of the table's columns
	// has another name, and Refers a foreign key's from its fields; nil: the dialect edits texts itself.
	Renamed func(text, from, to string) string `json:"-"`
	Refers  func(k Constraint) string          `json:"-"`
	// Parents are the tables that it inherits from, or whose partition it is.
	Parents []Name `json:"parents,omitempty"`

	// Refusals says what a table copy could not carry over, one sentence each with its reason.
	// A plan that would copy the table is refused with these.
	Refusals []string `json:"refusals,omitempty"`

	// Extra holds facts that only the table's own dialect reads (sequences, grants, views,
	// table options …), so that Script can carry them over. It is part of the drift hash.
	Extra map[string]string `json:"extra,omitempty"`

	Stats Stats `json:"-"` // sizes change all the time: never part of the drift hash

	// Applied are the changes that Apply made to Origin, the table as it was read, for dialects that
	// edit its text themselves.
	Applied []Change `json:"-"`
	Origin  *Table   `json:"-"`
	// Foretold: it is what statements of the plan leave, and the server has another one under this name.
	Foretold bool `json:"-"`
	// Stale names a change after which not all is known that a copy of the table must carry.
	Stale string `json:"-"`
}

// Option is one thing that is said of a table itself: its comment, its character set.
type Option struct {
	Name  string            `json:"name"`
	Text  string            `json:"text"`            // the clause that sets it
	Reset string            `json:"reset,omitempty"` // the clause that takes it back
	Extra map[string]string `json:"extra,omitempty"` // what it makes of Table.Extra
}

// Stats are what inspections of one definition differ in. Of sizes, nil means not known, and an unknown table counts as large.
type Stats struct {
	Rows       *int64 `json:"rows"`
	Bytes      *int64 `json:"bytes"`       // the table's rows
	IndexBytes *int64 `json:"index_bytes"` // all indexes
	// How the rows are stored, which a definition does not tell. RowVersions counts how often columns came or went
	// at once since the rows were last written anew, where the engine bounds that; HiddenColumn: a full-text key
	// that was dropped has left one behind.
	RowVersions  int  `json:"row_versions,omitempty"`
	HiddenColumn bool `json:"hidden_column,omitempty"`
}

// Column is one column of a table.
type Column struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // the engine's own spelling, for example "character varying(50)", "int unsigned"
	NotNull bool   `json:"not_null,omitempty"`
	// Implied: NotNull follows from a key, and is not stated.
	Implied bool `json:"-"`
	// NotNullName is the name of the constraint that says NotNull, where the engine has one, and
	// NotNullText its definition.
	NotNullName string `json:"not_null_name,omitempty"`
	NotNullText string `json:"not_null_text,omitempty"`
	Default     string `json:"default,omitempty"`   // the default's expression as SQL text; empty: none
	Generated   string `json:"generated,omitempty"` // "", "stored" or "virtual"
	Expr        string `json:"expr,omitempty"`      // a generated column's expression
	Identity    string `json:"identity,omitempty"`  // "", "always", "by default" or "auto_increment"
	Numbers     string `json:"numbers,omitempty"`   // how an identity column counts: "START WITH 1 INCREMENT BY 1 …"
	Inherited   bool   `json:"inherited,omitempty"` // it comes from a parent and follows it
	Merged      bool   `json:"merged,omitempty"`    // it is Inherited and the table's own too, so it stays when the parent's goes
	// Counter: adding the column also makes the counter that its default takes numbers from, so it is
	// added whole or not at all.
	Counter   bool   `json:"-"`
	Collation string `json:"collation,omitempty"`
	Comment   string `json:"comment,omitempty"`
	// NeverNull: NULL is allowed but no row has it (there are engines whose primary keys may hold NULL), so the
	// column can still be walked.
	NeverNull bool `json:"never_null,omitempty"`
	// NoKey says why the column's type cannot be walked in key order (floats, enums); empty: it can.
	NoKey string `json:"no_key,omitempty"`
	// Definition is the column's whole definition as the engine writes it, where it has one
	// (a line of SHOW CREATE TABLE).
	Definition string `json:"definition,omitempty"`
	// More: a new column's Definition says more than the other fields, so it is added whole or not at all.
	More bool `json:"-"`
	// Rest is the definition without what the other fields say as it really is (a collation that may be
	// the table's), for comparing.
	Rest string `json:"rest,omitempty"`
	// Checks are checks that the engine keeps as a part of the column, and forgets when it is stated
	// without them; Definition is without them.
	Checks string `json:"checks,omitempty"`
}

// Numbered says that a row which gives the column no value gets the next number of a counter.
func (c Column) Numbered() bool {
	def := strings.ToLower(c.Default)
	return c.Identity != "" || c.Counter || strings.Contains(def, "nextval(") || strings.Contains(def, "next value for ")
}

// Index is an index; Columns holds column names in order, "" where a part is an expression.
type Index struct {
	Name       string   `json:"name"`
	Columns    []string `json:"columns"`
	Unique     bool     `json:"unique,omitempty"`
	Primary    bool     `json:"primary,omitempty"`
	Partial    bool     `json:"partial,omitempty"`   // has a WHERE clause
	Prefix     bool     `json:"prefix,omitempty"`    // some part covers only a prefix of its column
	Invalid    bool     `json:"invalid,omitempty"`   // left behind by a failed build
	Inherited  bool     `json:"inherited,omitempty"` // it comes and goes with a parent's
	Constraint string   `json:"constraint,omitempty"`
	Definition string   `json:"definition,omitempty"`

	// Visibility is set by a clause of its own, where the engine can hide an index from its optimizer. Rest
	// is the definition without it, for comparing.
	Visibility Option `json:"visibility,omitzero"`
	Rest       string `json:"rest,omitempty"`

	// NoKey says why a walk cannot follow its order, where its columns do not tell: "has parts in both directions".
	NoKey string `json:"-"`

	// Uses names every column that the index needs, also those of INCLUDE and WHERE. It follows from
	// the definition. nil: Columns are all, or what else it needs is not known; see Table.uses.
	Uses []string `json:"-"`
	// Like says how the index was made where it has no definition yet: as a twin of another.
	Like *TwinIndex `json:"-"`
}

// Uses says whether an index needs a column. Of an index over an expression or with a condition it
// is not known unless Uses says so.
func (t *Table) Uses(ix Index, column string) (yes, known bool) {
	if ix.Uses != nil {
		return t.Among(ix.Uses, column), true
	}
	return t.Among(ix.Columns, column), !ix.Partial && !slices.Contains(ix.Columns, "")
}

// Among says whether a column is one of those named, as the engine compares names.
func (t *Table) Among(names []string, column string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return name == column || t.FoldsCase && strings.EqualFold(name, column)
	})
}

// ConstraintKind is the kind of a constraint.
type ConstraintKind string

// The constraint kinds.
const (
	PrimaryKey ConstraintKind = "primary key"
	Unique     ConstraintKind = "unique"
	Check      ConstraintKind = "check"
	ForeignKey ConstraintKind = "foreign key"
	OtherKind  ConstraintKind = "other" // for example EXCLUDE
)

// Constraint is a constraint, existing or wanted.
type Constraint struct {
	Name    string         `json:"name,omitempty"` // empty: the engine chooses
	Unnamed bool           `json:"-"`              // the engine chooses Name, which no statement says
	Inline  bool           `json:"-"`              // it is a part of its column's definition, and by itself would be another one
	Kind    ConstraintKind `json:"kind"`
	Columns []string       `json:"columns,omitempty"`
	Expr    string         `json:"expr,omitempty"` // a check's expression
	// NotNull: the check is that its one column IS NOT NULL; Expr is empty, the dialect writes it.
	NotNull    bool     `json:"not_null,omitempty"`
	RefTable   Name     `json:"ref_table,omitzero"`
	RefColumns []string `json:"ref_columns,omitempty"`
	// Actions is what the constraint says beside its columns and its expression: of a foreign key MATCH,
	// ON DELETE, ON UPDATE, of any DEFERRABLE, INCLUDE, NULLS NOT DISTINCT, NO INHERIT.
	Actions string `json:"actions,omitempty"`
	// Inherited: it comes and goes with a parent's.
	Inherited bool `json:"inherited,omitempty"`
	// Merged: it is Inherited and the table's own too, so it stays when the parent's goes.
	Merged bool `json:"merged,omitempty"`
	// NotValid: existing rows were not (or will not be) checked.
	NotValid bool `json:"not_valid,omitempty"`
	// Definition is the constraint's text without its name, as the engine or the user wrote it:
	// "CHECK ((a > 0))", "FOREIGN KEY (a) REFERENCES b(id) ON DELETE CASCADE".
	Definition string `json:"definition,omitempty"`
}

// Trigger is a trigger of the user's.
type Trigger struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

// Column finds a column by name, without case where the engine compares so; nil when there is none,
// or when the table itself is not known (nil).
func (t *Table) Column(name string) *Column {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Name == name || t.FoldsCase && strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// Constraint finds a constraint by name; nil when there is none, or when the table is not known.
func (t *Table) Constraint(name string) *Constraint {
	if t == nil {
		return nil
	}
	for i := range t.Constraints {
		if t.Constraints[i].Name == name {
			return &t.Constraints[i]
		}
	}
	return nil
}

// Index finds an index by name; nil when there is none, or when the table is not known.
func (t *Table) Index(name string) *Index {
	if t == nil {
		return nil
	}
	for i := range t.Indexes {
		if ix := &t.Indexes[i]; ix.Name == name || t.FoldsCase && strings.EqualFold(ix.Name, name) {
			return ix
		}
	}
	return nil
}

// Key gives the columns in whose order the table can be walked: the primary key, else the first
// complete unique index without nullable columns. Without one it gives nil and the reason.
func (t *Table) Key() ([]Column, string) {
	reason := "it has no primary key and no unique index over columns that are NOT NULL"
	for _, primary := range []bool{true, false} {
		for _, ix := range t.Indexes {
			if ix.Primary && ix.Prefix {
				reason = "its primary key is over beginnings of values, and the whole values have no order of their own there"
			}
			if ix.Primary != primary || !ix.Unique || ix.Partial || ix.Prefix || ix.Invalid {
				continue
			}
			cols, why := t.keyColumns(ix)
			if why == "" {
				return cols, ""
			}
			if ix.Primary {
				reason = why
			}
		}
	}
	return nil, reason
}

func (t *Table) keyColumns(ix Index) ([]Column, string) {
	var cols []Column
	if ix.NoKey != "" {
		return nil, "its key " + ix.NoKey
	}
	for _, name := range ix.Columns {
		c := t.Column(name)
		switch {
		case name == "" || c == nil:
			return nil, "index " + ix.Name + " is over an expression"
		case !c.NotNull && !c.NeverNull:
			return nil, "key column " + c.Name + " may be NULL"
		case c.NoKey != "":
			return nil, "key column " + c.Name + " " + c.NoKey
		}
		cols = append(cols, *c)
	}
	return cols, ""
}
