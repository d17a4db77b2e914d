package sqlite

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// rewriteText replaces a table's definition in the catalog. SQLite's manual gives this way for
// changes that do not touch what is stored (lang_altertable, section 7). The condition on the old
// text makes it safe to repeat, and keeps it from undoing what somebody else changed. Making and
// dropping a table tells other connections to read the schema anew, and fails, so that all is
// taken back, if the new text cannot be read.
func rewriteText(table, from, to string) []string {
	return rewriteCatalog(table, fmt.Sprintf("UPDATE sqlite_schema SET sql = %s WHERE type = 'table' AND name = %s COLLATE NOCASE AND sql = %s",
		literal(to), literal(table), literal(from)))
}

// rewriteCatalog runs an update of the catalog's entries for a table.
func rewriteCatalog(table, update string) []string {
	side := quote(schema.SideName(table, "edit", nameLimit))
	return []string{
		"PRAGMA writable_schema = ON",
		update,
		"PRAGMA writable_schema = RESET",
		"CREATE TABLE " + side + " (a)",
		"DROP TABLE " + side,
	}
}

// textProof finds a table with exactly this definition.
func textProof(table, text string) string {
	return fmt.Sprintf("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = %s COLLATE NOCASE AND sql = %s", literal(table), literal(text))
}

// affinity is how a column treats the values that are stored in it (datatype3, section 3.1).
type affinity string

const (
	asText    affinity = "TEXT"
	asNumeric affinity = "NUMERIC" // INTEGER stores the same
	asReal    affinity = "REAL"
	asBlob    affinity = "BLOB"
)

func affinityOf(declared string) affinity {
	t := strings.ToUpper(declared)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(t, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return asNumeric
	case has("CHAR", "CLOB", "TEXT"):
		return asText
	case has("BLOB") || t == "":
		return asBlob
	case has("REAL", "FLOA", "DOUB"):
		return asReal
	}
	return asNumeric
}

// sameStorage says that a column of one type stores every value as a column of the other does, so
// that a change between them is one of the text alone.
func sameStorage(t *schema.Table, col *schema.Column, to string) bool {
	if t.Extra[extraStrict] != "" {
		integer := func(s string) bool { return strings.EqualFold(s, "INT") || strings.EqualFold(s, "INTEGER") }
		if !strings.EqualFold(col.Type, to) && !(integer(col.Type) && integer(to)) {
			return false
		}
	}
	if isKey(t, col.Name) && strings.EqualFold(col.Type, "INTEGER") != strings.EqualFold(to, "INTEGER") {
		return false // INTEGER PRIMARY KEY is the rowid itself
	}
	return affinityOf(col.Type) == affinityOf(to)
}

func isKey(t *schema.Table, column string) bool {
	for _, k := range t.Constraints {
		if k.Kind == schema.PrimaryKey && len(k.Columns) == 1 && strings.EqualFold(k.Columns[0], column) {
			return true
		}
	}
	return false
}

// textOnly says whether a clause changes nothing but the definition's text. Checks of existing
// rows, where the clause needs them, only read.
func textOnly(c schema.Change, t *schema.Table) bool {
	switch c := c.(type) {
	case schema.ChangeType:
		col := t.Column(c.Column)
		return col != nil && c.Using == "" && (c.Collation == "" || sameCollation(col, c.Collation)) &&
			(c.Type == "" || sameStorage(t, col, c.Type))
	case schema.SetNotNull, schema.DropNotNull:
		return t.Extra[extraWithoutRowid] == "" || !isAnyKey(t, columnOfChange(c))
	case schema.SetDefault:
		return readsAlike(t, c.Column, c.Expr)
	case schema.DropDefault:
		return readsAlike(t, c.Column, "")
	case schema.ValidateConstraint:
		return true
	case schema.AddConstraint:
		return c.UsingIndex == "" && (c.Constraint.Kind == schema.Check || c.Constraint.Kind == schema.ForeignKey)
	case schema.DropConstraint:
		switch k := dropped(c, t); k {
		case schema.Check, schema.ForeignKey, "":
			return true
		default:
			return false
		}
	}
	return false
}

// readsAlike says whether another default leaves the rows as they are. ADD COLUMN writes none of them: those
// that are older than the column read what its default is now (fileformat2, section 2.1).
func readsAlike(t *schema.Table, column, expr string) bool {
	for _, c := range t.Applied {
		if b, ok := c.(schema.Backfill); ok && strings.EqualFold(b.Column, column) {
			return true // every row was written
		}
	}
	col := t.Column(column)
	return col != nil && canonical(unwritten(col.Default)) == canonical(unwritten(expr))
}

// unwritten is what a row that is older than a column reads in it: its default, if that is no expression.
func unwritten(def string) string {
	toks := tokenize(def)
	for i, t := range toks {
		if t.is("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME") || t.sign("(") && i > 0 && toks[i-1].kind == word && !toks[i-1].is("CAST") {
			return "NULL"
		}
	}
	switch {
	case def == "":
		return "NULL"
	case len(toks) == 1 && toks[0].kind == quoted: // a default cannot name a column: SQLite reads it as a text
		return literal(toks[0].name())
	}
	return def
}

// isAnyKey says whether a column is part of the primary key.
func isAnyKey(t *schema.Table, column string) bool {
	for _, ix := range t.Indexes {
		for _, name := range ix.Columns {
			if ix.Primary && strings.EqualFold(name, column) {
				return true
			}
		}
	}
	return false
}

// dropped is the kind of the constraint that a clause drops; "" where it is of a kind that has no
// index, or is not there.
func dropped(c schema.DropConstraint, t *schema.Table) schema.ConstraintKind {
	if c.Constraint == "" {
		return c.What
	}
	for _, k := range t.Constraints {
		if strings.EqualFold(k.Name, c.Constraint) || k.Name == "" && k.Definition == c.Constraint {
			return k.Kind
		}
	}
	return ""
}

func sameCollation(col *schema.Column, to string) bool {
	have := col.Collation
	if have == "" {
		have = "BINARY"
	}
	return strings.EqualFold(have, to)
}

// editAll applies clauses to a table's definition.
func editAll(t *schema.Table, clauses []schema.Change) (string, error) {
	text := t.Definition
	for _, c := range clauses {
		next, err := edit(text, c)
		if err != nil {
			return "", err
		}
		text = next
	}
	return text, nil
}
