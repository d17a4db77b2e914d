package load

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Comparison is how the rows of two tables differ.
type Comparison struct {
	OnlyA, OnlyB int64    // rows whose key the other table lacks
	Differ       int64    // rows with the same key and other values
	Sample       []string // some of the keys, with the kind of difference
}

// Equal is true if both tables hold the same rows.
func (c Comparison) Equal() bool { return c.OnlyA == 0 && c.OnlyB == 0 && c.Differ == 0 }

// String is one line for a person.
func (c Comparison) String() string {
	return fmt.Sprintf("only in the first %d, only in the second %d, different %d %s", c.OnlyA, c.OnlyB, c.Differ,
		strings.Join(c.Sample, "; "))
}

// CompareTables compares two tables row by row in the server, both ways. Values
// are compared as the server writes them, byte by byte, NULL equal to NULL: text
// that is equal only under a collation differs, and so does 1.0 from 1.00. The
// columns must have the same names in the same order.
func CompareTables(ctx context.Context, db *sql.DB, engine, a, b string, keyColumns []string) (Comparison, error) {
	var c Comparison
	columns, err := sameColumns(ctx, db, engine, a, b)
	if err != nil {
		return c, fmt.Errorf("compare %s with %s: %w", a, b, err)
	}
	queries := []struct {
		what, text string
		count      *int64
	}{
		{"only in " + a, antiJoin(engine, a, b, keyColumns), &c.OnlyA},
		{"only in " + b, antiJoin(engine, b, a, keyColumns), &c.OnlyB},
		{"different", differing(engine, a, b, keyColumns, columns), &c.Differ},
	}
	for _, q := range queries {
		if err := c.take(ctx, db, q.text, q.what, q.count); err != nil {
			return c, fmt.Errorf("compare %s with %s: %w", a, b, err)
		}
	}
	return c, nil
}

// take reads the keys a query finds; it counts all and lists some.
func (c *Comparison) take(ctx context.Context, db *sql.DB, query, what string, count *int64) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return err
		}
		*count++
		if len(c.Sample) < 20 {
			c.Sample = append(c.Sample, what+": "+key)
		}
	}
	return rows.Err()
}

// antiJoin finds the keys of a that b lacks.
func antiJoin(engine, a, b string, key []string) string {
	return fmt.Sprintf("SELECT %s FROM %s a WHERE NOT EXISTS (SELECT 1 FROM %s b WHERE %s)",
		shownKey(engine, key), quote(engine, a), quote(engine, b), joined(engine, key))
}

// differing finds the keys of rows that are in both and have other values. Key
// columns count as values: a key may be equal only under the collation.
func differing(engine, a, b string, key, columns []string) string {
	var other []string
	for _, column := range columns {
		other = append(other, different(engine, "a."+quote(engine, column), "b."+quote(engine, column)))
	}
	return fmt.Sprintf("SELECT %s FROM %s a JOIN %s b ON %s WHERE %s",
		shownKey(engine, key), quote(engine, a), quote(engine, b), joined(engine, key), strings.Join(other, " OR "))
}

// different is true where two values are not the same to the byte.
func different(engine, a, b string) string {
	switch {
	case engine == Postgres:
		return fmt.Sprintf("%s::text COLLATE \"C\" IS DISTINCT FROM %s::text COLLATE \"C\"", a, b)
	case engine == SQLite:
		return fmt.Sprintf("quote(%s) <> quote(%s)", a, b)
	default:
		return fmt.Sprintf("NOT (CAST(%s AS BINARY) <=> CAST(%s AS BINARY))", a, b)
	}
}

func joined(engine string, key []string) string {
	var on []string
	for _, column := range key {
		on = append(on, "a."+quote(engine, column)+" = b."+quote(engine, column))
	}
	return strings.Join(on, " AND ")
}

// shownKey is the key as one text.
func shownKey(engine string, key []string) string {
	var parts []string
	for _, column := range key {
		name := "a." + quote(engine, column)
		switch {
		case engine == Postgres:
			parts = append(parts, name+"::text")
		case engine == SQLite:
			parts = append(parts, "quote("+name+")")
		default:
			parts = append(parts, "IF(CHARSET("+name+") = 'binary', HEX("+name+"), "+name+")")
		}
	}
	if isMySQL(engine) {
		return "CONCAT_WS(', ', " + strings.Join(parts, ", ") + ")"
	}
	return strings.Join(parts, " || ', ' || ")
}

// sameColumns returns the columns of a after making sure that b has them too.
func sameColumns(ctx context.Context, db *sql.DB, engine, a, b string) ([]string, error) {
	inA, err := columnNames(ctx, db, engine, a)
	if err != nil {
		return nil, err
	}
	inB, err := columnNames(ctx, db, engine, b)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(inA, inB) {
		return nil, fmt.Errorf("the columns differ: %v and %v", inA, inB)
	}
	return inA, nil
}

func columnNames(ctx context.Context, db *sql.DB, engine, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+quote(engine, table)+" WHERE 1 = 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	return names, rows.Err()
}
