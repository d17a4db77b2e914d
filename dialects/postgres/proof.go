package postgres

import (
	"reflect"
	"strings"

	"surefoot/schema"
)

// Conditions over the catalog, as SQL expressions. A step's proof asks for one of them.

// proof makes a step's proof of conditions; empty when there is none to ask for.
func proof(conditions ...string) string {
	var all []string
	for _, c := range conditions {
		if c != "" {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "SELECT (" + strings.Join(all, " AND ") + ")::int"
}

// regclass gives a table's or index's oid, NULL where there is none.
func regclass(n schema.Name) string { return "to_regclass(" + literal(qualified(n)) + ")" }

func hasTable(n schema.Name) string { return regclass(n) + " IS NOT NULL" }

func hasNoTable(n schema.Name) string { return regclass(n) + " IS NULL" }

// columnIs says that a column is there and that the condition (over a) holds.
func columnIs(n schema.Name, column, condition string) string {
	if condition != "" {
		condition = " AND " + condition
	}
	return "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = " + regclass(n) + " AND a.attname = " + literal(column) +
		" AND NOT a.attisdropped" + condition + ")"
}

func hasColumn(n schema.Name, column string) string { return columnIs(n, column, "") }

func hasConstraint(n schema.Name, name string) string {
	return "EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = " + regclass(n) + " AND k.conname = " + literal(name) + ")"
}

func validConstraint(n schema.Name, name string) string {
	return "EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = " + regclass(n) + " AND k.conname = " + literal(name) + " AND k.convalidated)"
}

// validIndex does not count an index that a failed build left behind.
func validIndex(n schema.Name) string {
	return "EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = " + regclass(n) + " AND i.indisvalid AND i.indisready)"
}

func hasTrigger(n schema.Name, name string) string {
	return "EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = " + regclass(n) + " AND t.tgname = " + literal(name) + ")"
}

// isType says that a column has a type, as far as the catalog can be asked in one expression.
func isType(n schema.Name, column, typ string) string {
	return columnIs(n, column, "(format_type(a.atttypid, a.atttypmod) = "+literal(parseType(typ).String())+
		" OR a.atttypmod = -1 AND a.atttypid = to_regtype("+literal(typ)+"))")
}

// doIf runs a statement where a condition holds, so that it can be repeated.
func doIf(condition, statement string) string {
	return "DO $surefoot$BEGIN IF " + condition + " THEN " + statement + "; END IF; END$surefoot$"
}

// clauseProof says what is true once a change took effect and was not before; empty where nothing
// changes (IF EXISTS, IF NOT EXISTS). Defaults have none: the server writes their expressions in
// words of its own; steps with them are atomic, and the journal knows.
func clauseProof(c schema.Change, s *schema.Schema) string {
	n := s.Resolve(c.Table())
	t := s.Table(n)
	switch c := c.(type) {
	case schema.CreateTable:
		return when(t == nil, hasTable(n))
	case schema.DropTable:
		return when(t != nil || s.Partial, hasNoTable(n))
	case schema.RenameTable:
		return hasTable(schema.Name{Schema: n.Schema, Table: c.To}) + " AND " + hasNoTable(n)
	case schema.AddColumn:
		return when(t.Column(c.Column.Name) == nil, hasColumn(n, c.Column.Name))
	case schema.DropColumn:
		return when(t.Column(c.Column) != nil || s.Partial, hasTable(n)+" AND NOT "+hasColumn(n, c.Column))
	case schema.RenameColumn:
		return hasColumn(n, c.To) + " AND NOT " + hasColumn(n, c.From)
	case schema.ChangeType:
		col := t.Column(c.Column)
		return when(col != nil && parseType(col.Type).String() != parseType(c.Type).String(), isType(n, c.Column, c.Type))
	case schema.SetNotNull:
		col := t.Column(c.Column)
		holds := "a.attnotnull"
		if t != nil && uncheckedNotNull(t, c.Column) != nil { // it is checked now
			holds += " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)"
		}
		return when(col != nil && !col.NotNull, columnIs(n, c.Column, holds))
	case schema.DropNotNull:
		col := t.Column(c.Column)
		return when(col != nil && col.NotNull, columnIs(n, c.Column, "NOT a.attnotnull"))
	case schema.SetIdentity:
		col := t.Column(c.Column)
		return when(col != nil && col.Identity != c.Identity, columnIs(n, c.Column, "a.attidentity = "+literal(identityCodes[c.Identity])))
	case schema.SetGenerated:
		return when(c.Generated == "", columnIs(n, c.Column, "a.attgenerated = ''"))
	case schema.CreateIndex:
		return when(!hasValidIndex(t, c.Index.Name), validIndex(schema.Name{Schema: n.Schema, Table: c.Index.Name}))
	case schema.DropIndex:
		return when(indexOf(t, c.Index) != nil || s.Partial, hasNoTable(schema.Name{Schema: n.Schema, Table: c.Index}))
	case schema.RenameIndex:
		return indexRenamed(c, n)
	case schema.AddConstraint:
		return when(constraintOf(t, c.Constraint.Name) == nil, hasConstraint(n, c.Constraint.Name))
	case schema.ValidateConstraint:
		k := constraintOf(t, c.Constraint.Name)
		return when(k == nil || k.NotValid, validConstraint(n, c.Constraint.Name))
	case schema.DropConstraint:
		return when(constraintOf(t, c.Constraint) != nil || s.Partial, hasTable(n)+" AND NOT "+hasConstraint(n, c.Constraint))
	}
	return ""
}

// replaces says whether a clause drops what another adds under the same name, or adds it: neither is
// to be seen from outside, so the journal's entry, which is one with them, is their proof.
func replaces(clauses []schema.Change, c schema.Change) bool {
	gone, come := map[string]bool{}, map[string]bool{}
	subject := ""
	for _, other := range clauses {
		name, comes := "", false
		switch o := other.(type) {
		case schema.DropColumn:
			name = "column " + o.Column
		case schema.AddColumn:
			name, comes = "column "+o.Column.Name, true
		case schema.DropConstraint:
			name = "constraint " + o.Constraint
		case schema.AddConstraint:
			name, comes = "constraint "+o.Constraint.Name, true
		default:
			continue
		}
		if comes {
			come[name] = true
		} else {
			gone[name] = true
		}
		if reflect.DeepEqual(other, c) {
			subject = name
		}
	}
	return gone[subject] && come[subject]
}

func indexRenamed(c schema.RenameIndex, n schema.Name) string {
	return hasTable(schema.Name{Schema: n.Schema, Table: c.To}) + " AND " + hasNoTable(schema.Name{Schema: n.Schema, Table: c.From})
}

// identityCodes are the words of pg_attribute.attidentity.
var identityCodes = map[string]string{"": "", "always": "a", "by default": "d"}

func hasValidIndex(t *schema.Table, name string) bool {
	ix := indexOf(t, name)
	return ix != nil && !ix.Invalid
}

// indexOf finds an index of a table that may not be known.
func indexOf(t *schema.Table, name string) *schema.Index {
	if t == nil {
		return nil
	}
	for i := range t.Indexes {
		if t.Indexes[i].Name == name {
			return &t.Indexes[i]
		}
	}
	return nil
}

func constraintOf(t *schema.Table, name string) *schema.Constraint {
	if t == nil {
		return nil
	}
	if col := t.NotNullBy(name); col != nil {
		return &schema.Constraint{Name: name, Kind: schema.OtherKind, Columns: []string{col.Name}, Definition: col.NotNullText}
	}
	return t.Constraint(name)
}

func when(ok bool, condition string) string {
	if !ok {
		return ""
	}
	return condition
}
