package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// proofAgain is the proof of clauses that take a name away and of those that give it to something
// else in the same statement: that something has the name proves neither. again says that c is such
// a clause. Where nothing differs in the catalog there is no proof.
func proofAgain(c schema.Change, changes []schema.Change, t *schema.Table, name schema.Name) (proof string, again bool) {
	switch c := c.(type) {
	case schema.RenameColumn:
		return proofOfRename(c, changes, t, name), true
	case schema.DropColumn:
		return "", givesColumn(changes, c.Column)
	case schema.DropIndex:
		return "", givesIndex(changes, c.Index)
	case schema.DropConstraint:
		return "", c.What == schema.Unique && givesIndex(changes, c.Constraint) || c.What != schema.PrimaryKey && givesConstraint(changes, c.Constraint)
	case schema.AddColumn:
		if t == nil || t.Column(c.Column.Name) == nil {
			return "", false
		}
		return columnDiffers(c.Column, *t.Column(c.Column.Name), name), true
	case schema.CreateIndex:
		return indexDiffers(c.Index, t, name)
	case schema.AddConstraint:
		if c.Constraint.Kind == schema.Unique {
			return indexDiffers(schema.Index{Name: c.Constraint.Name, Columns: c.Constraint.Columns, Unique: true}, t, name)
		}
		was := t.Constraint(c.Constraint.Name)
		if was == nil || c.Constraint.Name == "" {
			return "", false
		}
		if was.Kind == schema.Check && was.NotValid != c.Constraint.NotValid {
			proof = isEnforced(name, was.Name, was.NotValid)
		}
		return proof, true
	}
	return "", false
}

func givesColumn(changes []schema.Change, column string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		switch c := c.(type) {
		case schema.AddColumn:
			return strings.EqualFold(c.Column.Name, column)
		case schema.RenameColumn:
			return strings.EqualFold(c.To, column)
		}
		return false
	})
}

func givesConstraint(changes []schema.Change, constraint string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		add, ok := c.(schema.AddConstraint)
		return ok && constraint != "" && strings.EqualFold(add.Constraint.Name, constraint)
	})
}

func givesIndex(changes []schema.Change, index string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		if r, ok := c.(schema.RenameIndex); ok {
			return strings.EqualFold(r.To, index)
		}
		return adds(c, index)
	})
}

// proofOfRename compares names byte by byte, for one may only change its case. Of two columns that
// exchange their names the order proves it.
func proofOfRename(c schema.RenameColumn, changes []schema.Change, t *schema.Table, name schema.Name) string {
	exactly := func(column, condition string) string {
		return counted("COLUMNS", name, "CAST(COLUMN_NAME AS BINARY) = CAST("+literal(column)+" AS BINARY)") + condition
	}
	proof := exactly(c.To, " = 1")
	if !givesColumn(changes, c.From) || strings.EqualFold(c.From, c.To) {
		proof += " AND " + exactly(c.From, " = 0")
	}
	for _, other := range changes {
		r, ok := other.(schema.RenameColumn)
		if !ok || !strings.EqualFold(r.From, c.To) || t == nil || strings.EqualFold(c.From, c.To) {
			continue
		}
		sign := ">"
		if position(t, c.From) < position(t, r.From) {
			sign = "<"
		}
		proof += fmt.Sprintf(" AND %s %s %s", positionOf(name, c.To), sign, positionOf(name, r.To))
	}
	return proof
}

func position(t *schema.Table, column string) int {
	return slices.IndexFunc(t.Columns, func(c schema.Column) bool { return strings.EqualFold(c.Name, column) })
}

func positionOf(name schema.Name, column string) string {
	return fmt.Sprintf("(SELECT ORDINAL_POSITION FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND COLUMN_NAME = %s)",
		schemaText(name), literal(name.Table), literal(column))
}

func columnDiffers(now, was schema.Column, name schema.Name) string {
	var conditions []string
	if !strings.EqualFold(now.Type, was.Type) {
		conditions = append(conditions, "COLUMN_TYPE = "+literal(inCatalog(now.Type)))
	}
	if now.NotNull != was.NotNull {
		conditions = append(conditions, "IS_NULLABLE = "+map[bool]string{true: "'NO'", false: "'YES'"}[now.NotNull])
	}
	if len(conditions) == 0 {
		return ""
	}
	return columnWith(name, now.Name, strings.Join(conditions, " AND "))
}

// indexDiffers is the condition that an index of this name has the new columns, where another had it.
func indexDiffers(ix schema.Index, t *schema.Table, name schema.Name) (string, bool) {
	if t == nil || indexNamed(t, ix.Name) == nil {
		return "", false
	}
	was := indexNamed(t, ix.Name)
	if was.Unique == ix.Unique && slices.EqualFunc(was.Columns, ix.Columns, strings.EqualFold) {
		return "", true
	}
	return fmt.Sprintf("(SELECT CONCAT(MAX(NON_UNIQUE), ' ', GROUP_CONCAT(COALESCE(COLUMN_NAME, '') ORDER BY SEQ_IN_INDEX)) FROM information_schema.STATISTICS"+
		" WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME = %s) <=> %s", schemaText(name), literal(name.Table), literal(ix.Name),
		literal(map[bool]string{true: "0 ", false: "1 "}[ix.Unique]+strings.Join(ix.Columns, ","))), true
}
