package sqlite

import (
	"strings"

	"surefoot/schema"
)

// reservedWords are the words that cannot be a name without quotes, and those that mean something at
// the start of a column's or constraint's definition.
const reservedWords = `ADD ALL ALTER ALWAYS AND AS ASC AUTOINCREMENT BETWEEN BY CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT
CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DEFERRABLE DEFERRED DELETE DESC
DISTINCT DO DROP ELSE END ESCAPE EXCEPT EXCLUDE EXISTS EXPLAIN FALSE FILTER FIRST FOLLOWING FOREIGN FROM FULL GENERATED GLOB
GROUP GROUPS HAVING IF IN INDEX INDEXED INITIALLY INNER INSERT INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH
MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PRECEDING PRIMARY
RAISE RANGE RECURSIVE REFERENCES REGEXP RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SELECT SET STORED TABLE
TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER TRUE UNBOUNDED UNION UNIQUE UPDATE USING VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT`

// bare writes an identifier as people do: with quotes only where it needs them.
func bare(name string) string {
	if name == "" || digit(name[0]) {
		return quote(name)
	}
	for i := range len(name) {
		if !nameByte(name[i]) || name[i] == '$' {
			return quote(name)
		}
	}
	for _, w := range strings.Fields(reservedWords) {
		if strings.EqualFold(w, name) {
			return quote(name)
		}
	}
	return name
}

func bareAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = bare(n)
	}
	return strings.Join(out, ", ")
}

// columnDefinition writes a column as it stands in CREATE TABLE and ADD COLUMN.
func columnDefinition(c schema.Column) string {
	if c.Definition != "" {
		return bare(c.Name) + " " + c.Definition
	}
	parts := []string{bare(c.Name)}
	if c.Type != "" {
		parts = append(parts, c.Type)
	}
	if c.Collation != "" && !strings.EqualFold(c.Collation, "BINARY") {
		parts = append(parts, "COLLATE "+bare(c.Collation))
	}
	if c.NotNull {
		parts = append(parts, "NOT NULL")
	}
	if c.Default != "" {
		parts = append(parts, "DEFAULT "+defaultText(c.Default))
	}
	if c.Generated != "" {
		parts = append(parts, "GENERATED ALWAYS AS ("+c.Expr+") "+strings.ToUpper(c.Generated))
	}
	return strings.Join(parts, " ")
}

// constraintDefinition writes a constraint of a table, with its name.
func constraintDefinition(k schema.Constraint) string {
	name := ""
	if k.Name != "" {
		name = "CONSTRAINT " + bare(k.Name) + " "
	}
	if k.Definition != "" {
		return name + k.Definition
	}
	cols := "(" + bareAll(k.Columns) + ")"
	switch k.Kind {
	case schema.PrimaryKey:
		return name + "PRIMARY KEY " + cols
	case schema.Unique:
		return name + "UNIQUE " + cols
	case schema.ForeignKey:
		text := name + "FOREIGN KEY " + cols + " REFERENCES " + bare(k.RefTable.Table)
		if len(k.RefColumns) > 0 {
			text += " (" + bareAll(k.RefColumns) + ")"
		}
		if k.Actions != "" {
			text += " " + k.Actions
		}
		return text
	case schema.Check, schema.OtherKind:
	}
	return name + "CHECK (" + checkExpr(k) + ")"
}

// checkExpr is a check's expression.
func checkExpr(k schema.Constraint) string {
	if k.NotNull && len(k.Columns) == 1 {
		return bare(k.Columns[0]) + " IS NOT NULL"
	}
	return k.Expr
}
