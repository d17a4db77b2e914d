package postgres

import (
	"context"
	"fmt"
	"slices"

	"surefoot/schema"
)

// plainTypes are some that have no default of their own, as a domain may.
var plainTypes = map[string]bool{
	"text": true, "character varying": true, "character": true, "smallint": true, "integer": true, "bigint": true, "numeric": true, "boolean": true,
	"uuid": true, "date": true, "timestamp without time zone": true, "timestamp with time zone": true, "jsonb": true, "json": true, "bytea": true,
}

// nulls looks for a row that has no value where a statement forbids that, as far as one is found in a
// moment: the server refuses the statement then, and the steps that replace it would fail on the way.
func (db *Database) nulls(ctx context.Context, n schema.Native, t *schema.Table) error {
	if t == nil || ahead(t) {
		return nil
	}
	for _, c := range n.Clauses {
		tail, name := "", ""
		switch c := c.(type) {
		case schema.SetNotNull:
			if col := t.Column(c.Column); col != nil && col.Generated != "virtual" && !retyped(n.Clauses, c.Column) {
				tail, name = " WHERE "+quote(c.Column)+" IS NULL", c.Column
			}
		case schema.AddColumn:
			if k := c.Column; k.NotNull && k.Default == "" && k.Generated == "" && k.Identity == "" && !k.Counter && t.Column(k.Name) == nil && plainTypes[parseType(k.Type).base] {
				name = k.Name
			}
		}
		if name == "" {
			continue
		}
		conn, err := db.pool.Conn(ctx)
		if err != nil {
			return err
		}
		found, err := soon(ctx, conn, "SELECT 'one' FROM "+qualified(t.Name)+tail+" LIMIT 1")
		conn.Close()
		if err == nil && len(found) > 0 {
			return &schema.Rejected{Answer: fmt.Sprintf("ERROR: column %q of relation %q contains null values (SQLSTATE 23502)", name, t.Name.Table)}
		}
	}
	return nil
}

// retyped says that a statement gives a column another type too, by which NULL may become a value.
func retyped(clauses []schema.Change, column string) bool {
	return slices.ContainsFunc(clauses, func(c schema.Change) bool {
		ch, ok := c.(schema.ChangeType)
		return ok && ch.Column == column
	})
}
