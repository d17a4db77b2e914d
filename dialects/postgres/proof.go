package postgres

import (
	"reflect"
	"strings"

	"surefoot/planner"
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
func regclass(n planner.Name) string { return "to_regclass(" + literal(qualified(n)) + ")" }

func hasTable(n planner.Name) string { return regclass(n) + " IS NOT NULL" }

func hasNoTable(n planner.Name) string { return regclass(n) + " IS NULL" }

// columnIs says that a column is there and that the condition (over a) holds.
func columnIs(n planner.Name, column, condition string) string {
	if condition != "" {
		condition = " AND " + condition
	}
	return "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = " + regclass(n) + " AND a.attname = " + literal(column) +
		" AND NOT a.attisdropped" + condition + ")"
}

func hasColumn(n planner.Name, column string) string { return columnIs(n, column, "") }

func hasConstraint(n planner.Name, name string) string {
	return "EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = " + regclass(n) + " AND k.conname = " + literal(name) + ")"
}

func validConstraint(n planner.Name, name string) string {
	return "EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = " + regclass(n) + " AND k.conname = " + literal(name) + " AND k.convalidated)"
}

// validIndex does not count an index that a failed build left behind.
func validIndex(n planner.Name) string {
	return "EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = " + regclass(n) + " AND i.indisvalid AND i.indisready)"
}

func hasTrigger(n planner.Name, name string) string {
	return "EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = " + regclass(n) + " AND t.tgname = " + literal(name) + ")"
}

// isType says that a column has a type, as far as the catalog can be asked in one expression.
func isType(n planner.Name, column, typ string) string {
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
func clauseProof(c planner.Change, s *planner.Schema) string {
	n := s.Resolve(c.Table())
	t := s.Table(n)
	switch c := c.(type) {
	case planner.CreateTable:
		return when(t == nil, hasTable(n))
	case planner.DropTable:
		return when(t != nil || s.Partial, hasNoTable(n))
	case planner.RenameTable:
		return hasTable(planner.Name{Schema: n.Schema, Table: c.To}) + " AND " + hasNoTable(n)
	case planner.AddColumn:
		return when(t.Column(c.Column.Name) == nil, hasColumn(n, c.Column.Name))
	case planner.DropColumn:
		return when(t.Column(c.Column) != nil || s.Partial, hasTable(n)+" AND NOT "+hasColumn(n, c.Column))
	case planner.RenameColumn:
		return hasColumn(n, c.To) + " AND NOT " + hasColumn(n, c.From)
	case planner.ChangeType:
		col := t.Column(c.Column)
		return when(col != nil && parseType(col.Type).String() != parseType(c.Type).String(), isType(n, c.Column, c.Type))
	case planner.SetNotNull:
		col := t.Column(c.Column)
		return when(col != nil && !col.NotNull, columnIs(n, c.Column, "a.attnotnull"))
	case planner.DropNotNull:
		col := t.Column(c.Column)
		return when(col != nil && col.NotNull, columnIs(n, c.Column, "NOT a.attnotnull"))
	case planner.SetIdentity:
		col := t.Column(c.Column)
		return when(col != nil && col.Identity != c.Identity, columnIs(n, c.Column, "a.attidentity = "+literal(identityCodes[c.Identity])))
	case planner.SetGenerated:
		return when(c.Generated == "", columnIs(n, c.Column, "a.attgenerated = ''"))
	case planner.CreateIndex:
		return when(!hasValidIndex(t, c.Index.Name), validIndex(planner.Name{Schema: n.Schema, Table: c.Index.Name}))
	case planner.DropIndex:
		return when(indexOf(t, c.Index) != nil || s.Partial, hasNoTable(planner.Name{Schema: n.Schema, Table: c.Index}))
	case planner.RenameIndex:
		return indexRenamed(c, n)
	case planner.AddConstraint:
		return when(constraintOf(t, c.Constraint.Name) == nil, hasConstraint(n, c.Constraint.Name))
	case planner.ValidateConstraint:
		k := constraintOf(t, c.Constraint.Name)
		return when(k == nil || k.NotValid, validConstraint(n, c.Constraint.Name))
	case planner.DropConstraint:
		return when(constraintOf(t, c.Constraint) != nil || s.Partial, hasTable(n)+" AND NOT "+hasConstraint(n, c.Constraint))
	}
	return ""
}

// replaces says whether a clause drops what another adds under the same name, or adds it: neither is
// to be seen from outside, so the journal's entry, which is one with them, is their proof.
func replaces(clauses []planner.Change, c planner.Change) bool {
	gone, come := map[string]bool{}, map[string]bool{}
	subject := ""
	for _, other := range clauses {
		name, comes := "", false
		switch o := other.(type) {
		case planner.DropColumn:
			name = "column " + o.Column
		case planner.AddColumn:
			name, comes = "column "+o.Column.Name, true
		case planner.DropConstraint:
			name = "constraint " + o.Constraint
		case planner.AddConstraint:
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

func indexRenamed(c planner.RenameIndex, n planner.Name) string {
	return hasTable(planner.Name{Schema: n.Schema, Table: c.To}) + " AND " + hasNoTable(planner.Name{Schema: n.Schema, Table: c.From})
}

// identityCodes are the words of pg_attribute.attidentity.
var identityCodes = map[string]string{"": "", "always": "a", "by default": "d"}

func hasValidIndex(t *planner.Table, name string) bool {
	ix := indexOf(t, name)
	return ix != nil && !ix.Invalid
}

// indexOf finds an index of a table that may not be known.
func indexOf(t *planner.Table, name string) *planner.Index {
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

func constraintOf(t *planner.Table, name string) *planner.Constraint {
	if t == nil {
		return nil
	}
	if col := t.NotNullBy(name); col != nil {
		return &planner.Constraint{Name: name, Kind: planner.OtherKind, Columns: []string{col.Name}, Definition: col.NotNullText}
	}
	return t.Constraint(name)
}

func when(ok bool, condition string) string {
	if !ok {
		return ""
	}
	return condition
}
