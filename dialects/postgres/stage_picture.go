package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Reset makes the twins what they were at the start.
func (st *Stage) Reset(ctx context.Context) (*schema.Schema, error) {
	if _, err := st.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT surefoot_start"); err != nil {
		return nil, fmt.Errorf("make the twins anew: %w", err)
	}
	if err := st.setShared(ctx); err != nil {
		return nil, err
	}
	return st.Inspect(ctx)
}

// Inspect reads the twins, with the sizes of the live tables.
func (st *Stage) Inspect(ctx context.Context) (*schema.Schema, error) {
	if _, err := st.conn.ExecContext(ctx, "SAVEPOINT surefoot_look"); err != nil {
		return nil, fmt.Errorf("inspect the twins: %w", err)
	}
	s, err := st.live.inspectIn(ctx, st.conn)
	if err != nil {
		return nil, fmt.Errorf("inspect the twins: %w", err)
	}
	for _, q := range []string{"ROLLBACK TO SAVEPOINT surefoot_look", "RELEASE SAVEPOINT surefoot_look"} {
		if _, err := st.conn.ExecContext(ctx, q); err != nil {
			return nil, fmt.Errorf("inspect the twins: %w", err)
		}
	}
	s.Default = st.schemas[st.have.Default]
	s.Tables = slices.DeleteFunc(s.Tables, func(t *schema.Table) bool { return st.liveName(t.Name) == schema.Name{} })
	for _, t := range s.Tables {
		if live := st.have.Table(st.liveName(t.Name)); live != nil {
			t.Stats = live.Stats
		}
		st.publishedAs(t)
	}
	return s, nil
}

// liveName gives the name of a twin's live table; empty: it is no twin.
func (st *Stage) liveName(n schema.Name) schema.Name {
	for live, here := range st.schemas {
		if here == n.Schema {
			return schema.Name{Schema: live, Table: n.Table}
		}
	}
	return schema.Name{}
}

const onStage = ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`

// Picture says all that is on the stage: the portrait of each table, each other thing by its kind and
// name, and each row.
func (st *Stage) Picture(ctx context.Context) (definition []string, rows [][]string, err error) {
	tables, err := st.tables(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tables {
		lines, err := column(ctx, st.conn, st.live.Portrait(t))
		if err != nil {
			return nil, nil, err
		}
		for _, line := range lines {
			definition = append(definition, t.String()+", "+line)
		}
		rows, err = st.pictureRows(ctx, t, rows)
		if fails(err, "42501") {
			return nil, nil, &schema.Unfit{Reason: "this role may not read the rows of " + st.liveName(t).String()}
		}
		if err != nil {
			return nil, nil, err
		}
	}
	for _, q := range []string{
		"SELECT '" + plan.CounterOf + "' || c.relname || ': ' || coalesce(pg_sequence_last_value(c.oid::regclass), 0) FROM pg_class c" +
			" JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid AND q.seqincrement > 0 WHERE n.nspname LIKE 'surefoot\\_stage\\_%'",
		"SELECT 'relation ' || c.relkind::text || ' ' || c.relname" + onStage + " AND c.relkind <> 't'",
		`SELECT 'trigger ' || t.tgname || ' of ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname LIKE 'surefoot\_stage\_%'`,
		`SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`,
	} {
		more, err := column(ctx, st.conn, q)
		if err != nil {
			return nil, nil, err
		}
		definition = append(definition, more...)
	}
	return definition, rows, nil
}

func (st *Stage) tables(ctx context.Context) ([]schema.Name, error) {
	rows, err := st.conn.QueryContext(ctx, "SELECT n.nspname, c.relname"+onStage+" AND c.relkind IN ('r', 'p')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []schema.Name
	for rows.Next() {
		var n schema.Name
		if err := rows.Scan(&n.Schema, &n.Table); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

func (st *Stage) pictureRows(ctx context.Context, t schema.Name, into [][]string) ([][]string, error) {
	names, err := column(ctx, st.conn, "SELECT attname FROM pg_attribute WHERE attrelid = "+regclass(t)+" AND attnum > 0 AND NOT attisdropped")
	if err != nil || len(names) == 0 {
		return into, err
	}
	slices.Sort(names)
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = "quote_nullable(" + quote(name) + "::text)"
	}
	rows, err := st.conn.QueryContext(ctx, "SELECT "+strings.Join(values, ", ")+" FROM ONLY "+qualified(t))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, fields := make([]string, len(names)), make([]any, len(names))
		for i := range row {
			fields[i] = &row[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		for i, name := range names {
			row[i] = name + " " + row[i]
		}
		into = append(into, slices.Insert(row, 0, "row of "+t.Table))
	}
	return into, rows.Err()
}
