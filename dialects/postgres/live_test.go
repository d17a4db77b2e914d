package postgres

import (
	"context"
	"database/sql"
	"testing"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// eachVersion runs a test on every server version that is there.
func eachVersion(t *testing.T, test func(t *testing.T, url string)) {
	for _, version := range servers.Versions("postgres") {
		t.Run(version, func(t *testing.T) { test(t, servers.Shared(t, "postgres", version).Database(t)) })
	}
}

// newest runs a long test on the newest version, or on all of them when all are asked for.
func newest(t *testing.T, test func(t *testing.T, url string)) {
	versions := servers.Versions("postgres")
	if len(versions) < 3 {
		versions = versions[len(versions)-1:]
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) { test(t, servers.Shared(t, "postgres", version).Database(t)) })
	}
}

func open(t *testing.T, url string) *Database {
	t.Helper()
	db, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", clip(s), err)
		}
	}
}

func inspect(t *testing.T, db *Database) *schema.Schema {
	t.Helper()
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plan makes the safe plan of a statement; every table counts as large.
func planOf(t *testing.T, db *Database, text string) *plan.Plan {
	t.Helper()
	s := inspect(t, db)
	stmts, err := db.Parse("change.sql", text, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Safe, Limits: planner.Limits{MaxBlockMS: 0, LargeRows: 0}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, db *Database, p *plan.Plan, o executor.Options) executor.Outcome {
	t.Helper()
	if o.Notify == nil {
		o.Notify = func(e executor.Event) {
			if e.Kind == executor.Message {
				t.Log(e.Text)
			}
		}
	}
	out, err := executor.Run(context.WithoutCancel(t.Context()), db, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// nothingLeft looks for what a run should have taken away.
func nothingLeft(t *testing.T, pool *sql.DB) {
	t.Helper()
	var left string
	err := pool.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(x.what, ', '), '') FROM ("+leftovers+") x(what)").Scan(&left)
	if err != nil {
		t.Fatal(err)
	}
	if left != "" {
		t.Errorf("left behind: %s", left)
	}
}
