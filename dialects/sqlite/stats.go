package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"

	"surefoot/schema"
)

// smallFile is a file that is read whole in a moment: there, sizes are counted.
const smallFile = 4 << 20

// sampled is how many rows at each end of a large table are looked at.
const sampled = 50

// Inspect gives all of the user's tables with their sizes. It never reads a large table whole.
func (db *Database) Inspect(ctx context.Context) (*schema.Schema, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	defer conn.Close()
	tables, err := inspect(ctx, conn, "")
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	known, err := analyzed(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	file, err := os.Stat(db.path)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	have, err := collations(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	trial, err := newScratch()
	if err != nil {
		return nil, err
	}
	defer trial.close()
	for _, t := range tables {
		if len(t.Refusals) > 0 {
			continue
		}
		if err := keysWithoutNull(ctx, conn, t); err != nil {
			return nil, fmt.Errorf("inspect %s: %w", t.Name, err)
		}
		t.Refusals = refusals(t, have, trial)
		if t.Stats, err = sizes(ctx, conn, t, known, file.Size()); err != nil {
			return nil, fmt.Errorf("measure %s: %w", t.Name, err)
		}
	}
	s := db.schema(tables)
	s.Objects = storage(tables)
	if s.Others, err = others(ctx, conn); err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	if s.Settings, err = numbers(ctx, conn); err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.path, err)
	}
	return s, nil
}

// analyzed reads what ANALYZE left: rows by table.
func analyzed(ctx context.Context, q querier) (map[string]int64, error) {
	out := map[string]int64{}
	var there int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").Scan(&there); err != nil || there == 0 {
		return out, err
	}
	err := each(ctx, q, "SELECT tbl, stat FROM sqlite_stat1 WHERE stat IS NOT NULL", func(rows *sql.Rows) error {
		var table, stat string
		if err := rows.Scan(&table, &stat); err != nil {
			return err
		}
		first, _, _ := strings.Cut(stat, " ")
		if n, err := strconv.ParseInt(first, 10, 64); err == nil {
			out[table] = max(out[table], n)
		}
		return nil
	})
	return out, err
}

// sizes counts in a small file and estimates in a large one.
func sizes(ctx context.Context, q querier, t *schema.Table, known map[string]int64, file int64) (schema.Stats, error) {
	if file <= smallFile {
		return counted(ctx, q, t)
	}
	rowid := t.Extra[extraRowid]
	if rowid == "" {
		rowid = hiddenRowid(t)
	}
	length := rowLength(t)
	var rows, avg sql.NullInt64
	name := quote(t.Name.Table)
	if rowid == "" {
		err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT CAST(avg(n) AS INTEGER) FROM (SELECT %s AS n FROM %s LIMIT %d)", length, name, sampled)).Scan(&avg)
		if err != nil {
			return schema.Stats{}, err
		}
	} else {
		r := rowid
		if t.Extra[extraRowid] != "" {
			r = quote(rowid)
		}
		err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT CAST((SELECT max(%[1]s) FROM %[2]s) - (SELECT min(%[1]s) FROM %[2]s) + 1 AS INTEGER),"+ // ids from end to end are more than a whole number holds
			" (SELECT CAST(avg(n) AS INTEGER) FROM (SELECT * FROM (SELECT %[3]s AS n FROM %[2]s ORDER BY %[1]s LIMIT %[4]d) UNION ALL"+
			" SELECT * FROM (SELECT %[3]s AS n FROM %[2]s ORDER BY %[1]s DESC LIMIT %[4]d)))", r, name, length, sampled)).Scan(&rows, &avg)
		if err != nil {
			return schema.Stats{}, err
		}
	}
	if rowid != "" && !avg.Valid {
		zero := int64(0)
		return schema.Stats{Rows: &zero, Bytes: &zero, IndexBytes: &zero}, nil
	}
	if n, ok := known[t.Name.Table]; ok {
		rows = sql.NullInt64{Int64: n, Valid: true}
	}
	if !rows.Valid {
		return schema.Stats{}, nil
	}
	// Keys with gaps promise more rows than the file can hold.
	n := min(max(rows.Int64, 0), file/max(avg.Int64, 1))
	bytes := n * avg.Int64
	idx := int64(0)
	for _, ix := range t.Indexes {
		if !(ix.Primary && rowid != "" && t.Extra[extraRowid] != "") {
			idx += n * 16 * int64(max(len(ix.Columns), 1))
		}
	}
	return schema.Stats{Rows: &n, Bytes: &bytes, IndexBytes: &idx}, nil
}

// counted reads a small table whole.
func counted(ctx context.Context, q querier, t *schema.Table) (schema.Stats, error) {
	var n, bytes, idx int64
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(t.Name.Table)).Scan(&n); err != nil {
		return schema.Stats{}, err
	}
	err := q.QueryRowContext(ctx, "SELECT coalesce(sum(iif(name = ?1, pgsize, 0)), 0), coalesce(sum(iif(name <> ?1, pgsize, 0)), 0) FROM dbstat"+
		" WHERE aggregate = TRUE AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)", t.Name.Table).Scan(&bytes, &idx)
	return schema.Stats{Rows: &n, Bytes: &bytes, IndexBytes: &idx}, err
}

// rowLength is about how many bytes a row takes.
func rowLength(t *schema.Table) string {
	parts := []string{"8"}
	for _, c := range t.Columns {
		if c.Generated != "virtual" {
			parts = append(parts, "coalesce(octet_length("+quote(c.Name)+"), 0)")
		}
	}
	return strings.Join(parts, " + ")
}

// keysWithoutNull looks whether a key that may hold NULL does: one look at the start of its index,
// where NULLs are.
func keysWithoutNull(ctx context.Context, q querier, t *schema.Table) error {
	for _, ix := range t.Indexes {
		if !ix.Unique || ix.Partial || len(ix.Columns) != 1 || ix.Columns[0] == "" {
			continue
		}
		c := t.Column(ix.Columns[0])
		if c == nil || c.NotNull || !ix.Primary {
			continue
		}
		var null bool
		err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s WHERE %s IS NULL)", quote(t.Name.Table), quote(c.Name))).Scan(&null)
		if err != nil {
			return err
		}
		c.NeverNull = !null
	}
	return nil
}

func collations(ctx context.Context, q querier) (map[string]bool, error) {
	out := map[string]bool{}
	err := each(ctx, q, "SELECT name FROM pragma_collation_list", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		out[strings.ToUpper(name)] = true
		return err
	})
	return out, err
}

// refusals says what a copy of a table could not carry over.
func refusals(t *schema.Table, have map[string]bool, trial *scratch) []string {
	var out []string
	for _, c := range t.Columns {
		if c.Collation != "" && !have[strings.ToUpper(c.Collation)] {
			out = append(out, fmt.Sprintf("column %s of %s is ordered by %s, which only the application knows", c.Name, t.Name.Table, c.Collation))
		}
	}
	bare := *t
	bare.Triggers, bare.Extra = nil, nil
	if err := trial.load(&bare); err != nil && len(out) == 0 {
		out = append(out, fmt.Sprintf("%s cannot be made anew here, so it uses what only the application knows: %v", t.Name.Table, err))
	}
	if t.Extra[extraRowid] == "" && t.Extra[extraWithoutRowid] == "" && hiddenRowid(t) == "" {
		out = append(out, "the columns of "+t.Name.Table+" take all names of its rowid, so that rows cannot be told apart")
	}
	return out
}
