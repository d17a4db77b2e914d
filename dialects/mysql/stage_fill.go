package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

// describe reads what makes a table.
func (st *Stage) describe(ctx context.Context, t *schema.Table) (twinTable, error) {
	made := twinTable{table: t}
	var name string
	if err := st.live.pool.QueryRowContext(ctx, "SHOW CREATE TABLE "+qualified(t.Name)).Scan(&name, &made.create); err != nil {
		return made, fmt.Errorf("read the definition of %s: %w", t.Name, err)
	}
	made.create = st.live.inheriting(st.live.unescaped(st.live.ticked(made.create)))
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return takesNumber(c.Default) }) {
		made.create = st.Here(made.create) // a sequence is named with its database
	}
	for _, k := range t.Constraints {
		if k.Kind == schema.ForeignKey && k.RefTable.Schema != "" && k.RefTable.Schema != st.live.name {
			return made, &schema.Unfit{Reason: fmt.Sprintf("foreign key %s of %s refers to another database", k.Name, t.Name)}
		}
	}
	for _, tr := range t.Triggers {
		row, err := st.createTrigger(ctx, t, tr.Name)
		if err != nil {
			return made, fmt.Errorf("read the definition of trigger %s: %w", tr.Name, err)
		}
		made.triggers = append(made.triggers, row)
	}
	return made, nil
}

func (st *Stage) createTrigger(ctx context.Context, t *schema.Table, name string) (trigger, error) {
	rows, err := st.live.pool.QueryContext(ctx, "SHOW CREATE TRIGGER "+qualified(schema.Name{Schema: t.Name.Schema, Table: name}))
	if err != nil {
		return trigger{}, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return trigger{}, err
	}
	var out trigger
	for rows.Next() {
		fields, rest := make([]any, len(columns)), make([]sql.NullString, len(columns))
		for i := range fields {
			fields[i] = &rest[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return trigger{}, err
		}
		out = trigger{name: rest[0].String, mode: rest[1].String, create: rest[2].String}
	}
	return out, rows.Err()
}

// sample keeps rows of the live tables. They are read without a lock (READ COMMITTED), by keys and
// indexes. Of tables that others refer to, the rows that the others' samples need are kept too, so
// that a foreign key holds on the stage where it holds in life. The tables that keep rows have no
// foreign keys.
func (st *Stage) sample(ctx context.Context) error {
	until := time.Now().Add(plan.SampleTime)
	for i, tw := range st.twins {
		kept := schema.Name{Schema: st.kept, Table: tw.table.Name.Table}
		if _, err := st.sessions.ExecContext(ctx, "CREATE TABLE "+qualified(kept)+" LIKE "+qualified(tw.table.Name)); err != nil {
			return fmt.Errorf("keep a sample of %s: %w", tw.table.Name, err)
		}
		create, err := st.spelled(ctx, tw.create, kept)
		if err != nil {
			return err
		}
		st.twins[i].create = create
		if err := st.sampler().sample(ctx, tw.table, until); err != nil {
			return err
		}
	}
	until = time.Now().Add(plan.SampleTime)
	for _, tw := range st.twins {
		if err := st.sampler().windows(ctx, tw.table, until); err != nil {
			return err
		}
	}
	return st.families(ctx)
}

func writable(t *schema.Table) string {
	var names []string
	for _, c := range t.Columns {
		if c.Generated == "" {
			names = append(names, c.Name)
		}
	}
	return quoteAll(names)
}

// Reset makes the twins anew from the kept rows. Triggers come after the rows, so none fires.
func (st *Stage) Reset(ctx context.Context) (*schema.Schema, error) {
	conn, err := st.sessions.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	statements := []string{
		"SET SESSION foreign_key_checks = 0", "DROP DATABASE IF EXISTS " + quote(st.name),
		"CREATE DATABASE " + quote(st.name) + st.charset, "USE " + quote(st.name),
	}
	statements = append(statements, st.sequences...)
	for _, tw := range st.twins {
		name := tw.table.Name.Table
		statements = append(statements, tw.create)
		if columns := writable(tw.table); columns != "" {
			statements = append(statements, fmt.Sprintf("INSERT INTO %s (%s) SELECT %[2]s FROM %[3]s", quote(name), columns,
				qualified(schema.Name{Schema: st.kept, Table: name})))
		}
	}
	for _, tw := range st.twins {
		for _, tr := range tw.triggers {
			statements = append(statements, "SET SESSION sql_mode = "+literal(tr.mode), tr.create)
		}
	}
	for _, q := range append(statements, "SET SESSION foreign_key_checks = 1") {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			if forbidden(err) {
				return nil, &schema.Unfit{Reason: "the role may not make a twin: " + err.Error()}
			}
			return nil, fmt.Errorf("make the twins: %w", err)
		}
	}
	return st.Inspect(ctx)
}

// Inspect reads the twins, with the sizes of the live tables and how these are stored.
func (st *Stage) Inspect(ctx context.Context) (*schema.Schema, error) {
	s, err := st.twin.inspect(ctx, st.twin.pool, st.name)
	if err != nil {
		return nil, fmt.Errorf("inspect the twins: %w", err)
	}
	only := st.onlyLive == nil
	if only {
		st.onlyLive = map[string][]string{}
	}
	for _, t := range s.Tables {
		for i, why := range t.Refusals {
			t.Refusals[i] = strings.ReplaceAll(why, st.name, st.live.name)
		}
		live := st.have.Table(schema.Name{Schema: st.live.name, Table: t.Name.Table})
		if live == nil {
			continue
		}
		t.Stats = live.Stats
		if only {
			st.onlyLive[t.Name.Table] = slices.DeleteFunc(slices.Clone(live.Refusals), func(why string) bool { return slices.Contains(t.Refusals, why) })
		}
		t.Refusals = append(t.Refusals, st.onlyLive[t.Name.Table]...)
	}
	return s, nil
}
