package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"surefoot/plan"
)

// Picture says all that is on the stage.
func (st *Stage) Picture(ctx context.Context) (definition []string, rows [][]string, err error) {
	conn, err := st.db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	var tables []string
	counters := map[string]int64{} // of tables that count, or once did
	err = each(ctx, conn, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema", func(r *sql.Rows) error {
		var o object
		if err := r.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return err
		}
		if o.name == "sqlite_sequence" { // SQLite's own: it comes with the first AUTOINCREMENT and never goes
			return nil
		}
		definition = append(definition, pictureOf(o)...)
		if slices.ContainsFunc(tokenize(o.sql), func(t token) bool { return t.is("AUTOINCREMENT") }) {
			counters[o.name] = 0
		}
		if o.kind == "table" && !strings.HasPrefix(strings.ToLower(o.sql), "create virtual") {
			tables = append(tables, o.name)
		}
		return nil
	})
	for _, name := range tables {
		if err == nil {
			rows, err = pictureRows(ctx, conn, name, rows)
		}
	}
	if err == nil {
		err = sequences(ctx, conn, "main", func(table string, seq int64) error {
			counters[table] = seq
			return nil
		})
	}
	kept, notRead := numbers(ctx, conn)
	for name, n := range kept {
		definition = append(definition, "database: "+name+" "+n)
	}
	err = errors.Join(err, notRead)
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		definition = append(definition, fmt.Sprintf("%s%s: %d", plan.CounterOf, name, counters[name]))
	}
	return definition, rows, err
}

// counts says that a database has, or had, a table with AUTOINCREMENT.
func counts(ctx context.Context, conn *sql.Conn, schema string) (there bool, err error) {
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM "+schema+".sqlite_schema WHERE name = 'sqlite_sequence'").Scan(&there)
	return there, err
}

// sequences gives the AUTOINCREMENT values of a database.
func sequences(ctx context.Context, conn *sql.Conn, schema string, note func(table string, seq int64) error) error {
	if there, err := counts(ctx, conn, schema); err != nil || !there {
		return err
	}
	return each(ctx, conn, "SELECT name, coalesce(seq, 0) FROM "+schema+".sqlite_sequence", func(r *sql.Rows) error {
		var table string
		var seq int64
		if err := r.Scan(&table, &seq); err != nil {
			return err
		}
		return note(table, seq)
	})
}

// pictureOf gives an object's text, and of a table's text also each column and constraint: the whole
// text says in which order they stand. Comments count, but not where they stand.
func pictureOf(o object) []string {
	what := fmt.Sprintf("%s %s of %s: ", o.kind, o.name, o.table)
	out := comments(o.sql)
	for i := range out {
		out[i] = what + out[i]
	}
	t, err := parseTable(o.sql)
	if o.kind != "table" || err != nil {
		return append(out, what+canonical(o.sql))
	}
	out = append(out, plan.OrderOfColumns+what+canonical(o.sql))
	for _, c := range t.columns {
		out = append(out, what+canonical("CREATE TABLE t ("+c.of(o.sql)+")"))
	}
	for _, c := range t.constraints {
		out = append(out, what+plainWords(c.of(o.sql)))
	}
	return out
}

// comments are what stands between the words of a text.
func comments(sql string) []string {
	var out []string
	last := 0
	note := func(gap string) {
		if gap = strings.TrimSpace(gap); gap != "" {
			out = append(out, gap)
		}
	}
	for _, t := range tokenize(sql) {
		note(sql[last:t.start])
		last = t.end
	}
	note(sql[last:])
	return out
}

// pictureRows adds a table's rows, each value as SQL.
func pictureRows(ctx context.Context, conn *sql.Conn, table string, into [][]string) ([][]string, error) {
	var names, values []string
	err := each(ctx, conn, "SELECT name FROM pragma_table_xinfo("+literal(table)+") WHERE hidden <> 1", func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil || len(names) == 0 {
		return into, err
	}
	slices.Sort(names)
	for _, name := range names {
		values = append(values, "quote("+quote(name)+")")
	}
	err = each(ctx, conn, "SELECT "+strings.Join(values, ", ")+" FROM main."+quote(table), func(r *sql.Rows) error {
		row, fields := make([]string, len(names)), make([]any, len(names))
		for i := range row {
			fields[i] = &row[i]
		}
		if err := r.Scan(fields...); err != nil {
			return err
		}
		for i, name := range names {
			row[i] = name + " " + row[i]
		}
		into = append(into, slices.Insert(row, 0, "row of "+table))
		return nil
	})
	return into, err
}
