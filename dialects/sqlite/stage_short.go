package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// shorten stores rows of a twin as they are where ADD COLUMN came after them: without the last columns, which
// read what their default is. Nobody can see of a live table which of its rows are such, so all are that may.
func (st *Stage) shorten(ctx context.Context, conn *sql.Conn, t *schema.Table) error {
	first := addedFrom(t)
	for from := first; from < len(t.Columns); from++ {
		such := readsOf(t.Columns[from:])
		if from > first { // those that are shorter still have been seen to
			such += " AND NOT (" + readsOf(t.Columns[from-1:from]) + ")"
		}
		if err := st.cutOff(ctx, conn, t, from, such); err != nil {
			return fmt.Errorf("shorten rows of %s: %w", t.Name, err)
		}
	}
	return nil
}

// tried runs statements, or none of them where one is refused: a definition may need what was cut off.
func tried(ctx context.Context, conn *sql.Conn, statements []string) error {
	if _, err := conn.ExecContext(ctx, "SAVEPOINT sf_tried"); err != nil {
		return err
	}
	for _, q := range statements {
		if _, err := conn.ExecContext(ctx, q); err == nil {
			continue
		}
		if _, err := conn.ExecContext(ctx, "ROLLBACK TO sf_tried"); err != nil {
			return err
		}
		break
	}
	_, err := conn.ExecContext(ctx, "RELEASE sf_tried")
	return err
}

// readsOf is the condition that columns hold what a row without them reads.
func readsOf(columns []schema.Column) string {
	var reads []string
	for _, c := range columns {
		reads = append(reads, fmt.Sprintf("%s IS %s COLLATE BINARY", quote(c.Name), unwritten(c.Default)))
	}
	return strings.Join(reads, " AND ")
}

// cutOff stores the rows of a condition without the columns from a position on.
func (st *Stage) cutOff(ctx context.Context, conn *sql.Conn, t *schema.Table, from int, such string) error {
	text, before := t.Definition, *t
	before.Columns = t.Columns[:from]
	for _, c := range slices.Backward(t.Columns[from:]) {
		def, err := parseTable(text)
		if err != nil || def.column(c.Name) == nil {
			return err
		}
		text = def.dropped(def.column(c.Name))
	}
	name, columns := quote(t.Name.Table), writable(&before)
	statements := []string{
		fmt.Sprintf("CREATE TEMP TABLE sf_short AS SELECT %s FROM main.%s WHERE %s", columns, name, such),
		fmt.Sprintf("DELETE FROM main.%s WHERE %s", name, such),
	}
	statements = append(statements, rewriteText(t.Name.Table, t.Definition, text)...)
	statements = append(statements, fmt.Sprintf("INSERT INTO main.%s (%s) SELECT * FROM temp.sf_short", name, columns))
	statements = append(statements, rewriteText(t.Name.Table, text, t.Definition)...)
	return tried(ctx, conn, append(statements, "DROP TABLE temp.sf_short"))
}

// addedFrom is the position of the first column from which on all may have been added to rows that were there
// (lang_altertable, section 5), and that nothing but the table itself needs.
func addedFrom(t *schema.Table) int {
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Generated != "" }) {
		return len(t.Columns)
	}
	needed := func(c schema.Column) bool {
		return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
			return ix.Partial || contains(ix.Columns, "") || contains(ix.Columns, c.Name)
		}) ||
			slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool {
				return contains(k.Columns, c.Name) || slices.ContainsFunc(tokenize(k.Definition), func(t token) bool { return strings.EqualFold(t.name(), c.Name) })
			})
	}
	first := len(t.Columns)
	for i, c := range slices.Backward(t.Columns) {
		none := c.Default == "" && c.NotNull || c.Default != "" && !plainValue(c.Default) // ADD COLUMN takes no other
		if i == 0 || none || c.Identity != "" || needed(c) {
			break
		}
		first = i
	}
	return first
}
