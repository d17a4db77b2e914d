package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// sort is a kind of change that one server treats alike.
type sort string

// sortOf finds a change's kind. t is the table as it is; nil where it is not known, which takes
// the worst that the change can be.
func (d *Dialect) sortOf(c schema.Change, t *schema.Table) sort {
	switch c := c.(type) {
	case schema.AddColumn:
		return d.sortOfAdded(c, t)
	case schema.DropColumn:
		return d.sortOfDropped(c, t)
	case schema.RenameColumn:
		return renameColumn
	case schema.ChangeType:
		return d.sortOfType(c, t)
	case schema.SetNotNull:
		if t != nil && slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Generated != "" }) {
			return setNotNullComputed
		}
		if t != nil && t.Column(c.Column) != nil {
			return setNotNullInstead(t.Column(c.Column).Default)
		}
		return setNotNull
	case schema.DropNotNull:
		if kind := ceasesToOrder(t, func(ix schema.Index) bool { return hasColumn(ix, c.Column) }); kind != "" {
			return kind
		}
		return dropNotNull
	case schema.SetDefault, schema.DropDefault:
		return setDefault
	case schema.CreateIndex:
		if d.addsHashed(c.Index, c.Text, t) {
			return addHashed
		}
		return sortOfIndex(c, t)
	case schema.RenameIndex:
		return renameIndex
	case schema.TwinIndex:
		return sortOfIndex(twin(c), t)
	case schema.DropIndex:
		return d.sortOfDroppedIndex(c.Index, t)
	case schema.ReplaceIndex:
		return dropIndex
	case schema.AddConstraint:
		if c.Constraint.Kind == schema.Unique && d.addsHashed(indexOf(c.Constraint), c.Constraint.Definition, t) {
			return addHashed
		}
		return sortOfConstraint(c.Constraint, t)
	case schema.ValidateConstraint:
		if c.Constraint.Kind == schema.ForeignKey {
			return findOrphans
		}
		if k := t.Constraint(c.Constraint.Name); k != nil && !k.NotValid { // it is enforced as it is
			return addCheckLater
		}
		return enforceCheck
	case schema.DropConstraint:
		return d.sortOfDrop(c, t)
	case schema.SetOption:
		return sortOfOption(c)
	}
	return unheardOf
}

// sortOfOption: what CONVERT TO does to the columns are changes of their own.
func sortOfOption(c schema.SetOption) sort {
	switch c.Option {
	case "row_format", "key_block_size", "engine", "force", "compression", "page_compressed", "page_compression_level", "autoextend_size":
		return rebuildOption
	case "order by":
		return orderRows
	}
	return setOption
}

func hasIndexedVirtual(t *schema.Table) bool {
	return t != nil && slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return slices.ContainsFunc(ix.Columns, func(name string) bool { return t.Column(name) != nil && t.Column(name).Generated == "virtual" })
	})
}

func hasVirtual(t *schema.Table) bool {
	return t != nil && slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Generated == "virtual" })
}

func (d *Dialect) sortOfAdded(c schema.AddColumn, t *schema.Table) sort {
	col := c.Column
	switch {
	case col.Identity != "":
		return addAutoIncrement
	case col.Generated == "virtual":
		return addVirtual
	case col.Generated == "stored":
		return addStored
	case mentions(col.Default, "rand"):
		return addRandomDefault
	case takesNumber(col.Default):
		return addNumberDefault
	case mentions(col.Default, "uuid", "uuid_short", "random_bytes", "sys_guid", "uuid_v4", "uuid_v7"):
		return addRowDefault
	case hasIndexedVirtual(t):
		return addColumnIndexedVirtual
	case isExpression(col.Default):
		return addExpressionDefault
	case d.unfilled(col):
		return addUnfilled
	case c.Position+c.After != "" && hasVirtual(t):
		return addColumnAtVirtual
	case c.Position+c.After != "":
		return addColumnAt
	}
	return addColumn
}

// unfilled: rows that are there get a value that the type hardly has, or none. MariaDB adds it as any other column.
func (d *Dialect) unfilled(col schema.Column) bool {
	t := columnType(col.Type, col.Collation)
	return !d.maria() && col.NotNull && col.Default == "" && (t.name == "date" || t.name == "datetime" || t.isSpatial())
}

// setNotNullInstead: rows that are NULL would get the default, which in place must be one value for all.
func setNotNullInstead(def string) sort {
	if strings.HasPrefix(plainDefault(def), "now ") {
		return setNotNullComputed
	}
	return setNotNull
}

// isExpression: a default that is neither a literal nor the time of the statement.
func isExpression(def string) bool {
	toks := tokenize(def, sqlMode{})
	if len(toks) == 0 {
		return false
	}
	plain := plainDefault(def)
	if plain == "now  " || strings.HasPrefix(plain, "now ") {
		return toks[0].sign("(") && closes(toks)
	}
	return toks[0].sign("(") || len(toks) > 2
}

// mentions says whether a default calls one of the functions. Those asked for give another value
// for each row, so each row must be written.
func mentions(def string, functions ...string) bool {
	return slices.ContainsFunc(tokenize(def, sqlMode{}), func(t token) bool { return t.is(functions...) })
}

func (d *Dialect) sortOfDropped(c schema.DropColumn, t *schema.Table) sort {
	if t == nil || t.Column(c.Column) == nil {
		return dropColumn
	}
	col := t.Column(c.Column)
	if col.Generated == "virtual" {
		return dropVirtual
	}
	has := func(ix schema.Index) bool { return slices.Contains(ix.Columns, col.Name) }
	if kind := ceasesToOrder(t, has); kind != "" {
		return kind
	}
	for _, ix := range t.Indexes {
		if has(ix) {
			return dropIndexedColumn
		}
	}
	return dropColumn
}

func (d *Dialect) sortOfDrop(c schema.DropConstraint, t *schema.Table) sort {
	kind := c.What
	if kind == "" && t != nil && t.Constraint(c.Constraint) != nil {
		kind = t.Constraint(c.Constraint).Kind
	}
	switch kind {
	case schema.PrimaryKey:
		return dropPrimaryKey
	case schema.Unique:
		return d.sortOfDroppedIndex(c.Constraint, t)
	case schema.ForeignKey:
		return dropForeignKey
	case schema.Check, schema.OtherKind:
	}
	return dropCheck
}

// sortOfType compares a column's type with the new one.
func (d *Dialect) sortOfType(c schema.ChangeType, t *schema.Table) sort {
	if t == nil || t.Column(c.Column) == nil {
		return changeType
	}
	have := *t.Column(c.Column)
	from := columnType(have.Type, have.Collation)
	to := wanted(c, have)
	indexed := slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return slices.Contains(ix.Columns, have.Name) })
	if d.maria() && strings.Contains(have.Checks, "json_valid") != newReader(c.Definition, d.mode).take("json") && c.Definition != "" {
		return changeType // what JSON is kept in is to the server another type
	}
	if d.typeText(from) == d.typeText(to) && sameCollation(from.collation, to.collation) {
		return d.sortOfRest(c, have, indexed)
	}
	switch {
	case from.isText() && to.isText() && !sameCollation(from.collation, to.collation):
		return sortOfCollation(from, to, d.typeText(from) == d.typeText(to), indexed)
	case from.name != to.name:
		return changeType
	case from.name == "varchar" || from.name == "varbinary":
		return sortOfLength(from, to, indexed)
	case from.isMember():
		return sortOfMembers(from, to)
	}
	return changeType
}

// wanted is the type that a column gets. A change without a collation keeps the column's.
func wanted(c schema.ChangeType, have schema.Column) colType {
	t := parseType(c.Type)
	if t.isText() && c.Collation == "" && parseType(have.Type).isText() {
		return columnType(c.Type, have.Collation)
	}
	return columnType(c.Type, c.Collation)
}

// sortOfRest: the type stays, something else of the column changes.
func (d *Dialect) sortOfRest(c schema.ChangeType, have schema.Column, indexed bool) sort {
	was, _ := newReader(d.definition(have), sqlMode{}).readDefinition(d)
	now, _ := newReader(c.Definition, d.mode).readDefinition(d)
	switch {
	case now.auto && !was.auto:
		return makeAutoIncrement
	case was.auto && !now.auto:
		return dropAutoIncrement
	case now.generated != was.generated:
		return changeStored
	case !sameDefault(now.expr, was.expr) && now.generated == "virtual" && !indexed:
		return changeVirtual
	case !sameDefault(now.expr, was.expr):
		return changeStored
	case c.Position != "":
		return reorderColumn
	}
	return changeMetadata
}

func sortOfCollation(from, to colType, sameType, indexed bool) sort {
	switch {
	case !sameType:
		return changeType
	case from.charset == to.charset && indexed:
		return changeCollationIndexed
	case from.charset == to.charset && to.isMember():
		return changeCollationMembers
	case from.charset == to.charset && to.name != "varchar":
		return changeCollationText
	case from.charset == to.charset:
		return changeCollation
	case lengthBytes(from) != lengthBytes(to):
		return changeCharset
	case (from.charset == "utf8mb3" || from.charset == "ascii") && to.charset == "utf8mb4" && !indexed:
		return widenCharset
	}
	return changeCharset
}

// lengthBytes is how many bytes the length of a VARCHAR takes, which a wider charset may change.
func lengthBytes(t colType) int {
	if t.name == "varchar" && t.arg(0)*charsetBytes(t.charset) > 255 {
		return 2
	}
	return 1
}

// sortOfLength: a length up to 255 bytes is stored in one byte, a longer one in two.
func sortOfLength(from, to colType, indexed bool) sort {
	width := 1
	if from.isText() {
		width = charsetBytes(from.charset)
	}
	was, now := from.arg(0)*width, to.arg(0)*width
	switch {
	case now < was:
		return shortenVarchar
	case was <= 127 && now > 255:
		return crossVarchar
	case was <= 255 && now > 255:
		return crossVarcharLate
	case indexed:
		return widenVarcharIndexed
	}
	return widenVarchar
}

// sortOfMembers: members may be appended as long as their number needs no more bytes.
func sortOfMembers(from, to colType) sort {
	if len(to.args) < len(from.args) || !slices.Equal(from.args, to.args[:len(from.args)]) {
		return changeMembers
	}
	if memberBytes(from) != memberBytes(to) {
		return changeMembers
	}
	return appendMember
}

func memberBytes(t colType) int {
	n := len(t.args)
	if t.name == "enum" {
		if n <= 255 {
			return 1
		}
		return 2
	}
	if bytes := (n + 7) / 8; bytes <= 4 {
		return bytes
	}
	return 8
}
