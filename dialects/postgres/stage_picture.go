package postgres

import (
	"context"
	"fmt"
	"slices"

	"surefoot/planner"
)

// Reset makes the twins what they were at the start.
func (st *Stage) Reset(ctx context.Context) (*planner.Schema, error) {
	if _, err := st.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT surefoot_start"); err != nil {
		return nil, fmt.Errorf("make the twins anew: %w", err)
	}
	return st.inspect(ctx)
}

// inspect reads the twins, with the sizes of the live tables.
func (st *Stage) inspect(ctx context.Context) (*planner.Schema, error) {
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
	s.Tables = slices.DeleteFunc(s.Tables, func(t *planner.Table) bool { return st.liveName(t.Name) == planner.Name{} })
	for _, t := range s.Tables {
		if live := st.have.Table(st.liveName(t.Name)); live != nil {
			t.Stats = live.Stats
		}
	}
	return s, nil
}

// liveName gives the name of a twin's live table; empty: it is no twin.
func (st *Stage) liveName(n planner.Name) planner.Name {
	for live, here := range st.schemas {
		if here == n.Schema {
			return planner.Name{Schema: live, Table: n.Table}
		}
	}
	return planner.Name{}
}

const onStage = ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`

// Picture says all that is on the stage: what would make each table again, each view, each other
// thing by its kind and name, and each row.
func (st *Stage) Picture(ctx context.Context) (definition, rows []string, err error) {
	oids, err := column(ctx, st.conn, "SELECT c.oid::text"+onStage+" AND c.relkind IN ('r', 'p') ORDER BY 1")
	if err != nil {
		return nil, nil, err
	}
	for _, oid := range oids {
		made, err := st.live.definition(ctx, st.conn, oid, "")
		if err != nil {
			return nil, nil, err
		}
		for _, m := range made {
			definition = append(definition, m.sql)
		}
		more, err := st.pictureOf(ctx, oid)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, more...)
	}
	for _, q := range []string{
		"SELECT c.relkind::text || ' ' || c.relname || CASE WHEN c.relkind = 'v' THEN ': ' || pg_get_viewdef(c.oid) ELSE '' END" + onStage + " AND c.relkind <> 't'",
		`SELECT 'index ' || c.relname || ' valid ' || i.indisvalid || ' ready ' || i.indisready FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`,
		`SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`,
		`SELECT 'publication ' || p.pubname || ' has ' || pr.prrelid::regclass FROM pg_publication_rel pr JOIN pg_publication p ON p.oid = pr.prpubid JOIN pg_class c ON c.oid = pr.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE 'surefoot\_stage\_%'`,
	} {
		more, err := column(ctx, st.conn, q)
		if err != nil {
			return nil, nil, err
		}
		definition = append(definition, more...)
	}
	return definition, rows, nil
}

func (st *Stage) pictureOf(ctx context.Context, oid string) ([]string, error) {
	var name string
	if err := st.conn.QueryRowContext(ctx, "SELECT $1::text::oid::regclass::text", oid).Scan(&name); err != nil {
		return nil, err
	}
	return column(ctx, st.conn, "SELECT 'row of ' || "+literal(name)+" || ': ' || x::text FROM "+name+" x")
}
