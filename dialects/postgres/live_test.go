package postgres

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/bench/load"
	"surefoot/dialects/dialecttest/testserver"
	"surefoot/executor"
	"surefoot/planner"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// eachVersion runs a test on every server version that is there.
func eachVersion(t *testing.T, test func(t *testing.T, url string)) {
	for _, version := range testserver.Versions("postgres") {
		t.Run(version, func(t *testing.T) { test(t, testserver.Shared(t, "postgres", version).Database(t)) })
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

func inspect(t *testing.T, db *Database) *planner.Schema {
	t.Helper()
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plan makes the safe plan of a statement; every table counts as large.
func plan(t *testing.T, db *Database, text string) *planner.Plan {
	t.Helper()
	s := inspect(t, db)
	stmts, err := db.Parse("change.sql", text, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(stmts, s, db, planner.Options{Mode: planner.Safe, Limits: planner.Limits{MaxBlockMS: 0, LargeRows: 0}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, db *Database, p *planner.Plan, o executor.Options) executor.Outcome {
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

const changeAmount = "ALTER TABLE orders ALTER COLUMN amount TYPE bigint"

func TestChangeTypeUnderWriters(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		for _, shape := range load.Shapes() {
			t.Run(string(shape), func(t *testing.T) { underWriters(t, url, shape) })
		}
	})
}

func underWriters(t *testing.T, url string, shape load.Shape) {
	pool, engine, err := load.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	exec(t, pool, "DROP TABLE IF EXISTS orders CASCADE", "DROP SCHEMA IF EXISTS surefoot CASCADE")
	if err := load.Seed(t.Context(), pool, engine, shape, "orders", 100000); err != nil {
		t.Fatal(err)
	}
	db := open(t, url)
	p := plan(t, db, changeAmount)
	l, err := load.Start(t.Context(), load.Options{URL: url, Table: "orders", Shape: shape, Rows: 100000, Writers: 4, Rate: 2000})
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, p, executor.Options{}) // the old table is kept current
	time.Sleep(300 * time.Millisecond)
	out := run(t, db, p, executor.Options{Finish: true})
	report, err := l.Stop()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %s", out, report)
	diff, err := l.Journal().Verify(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	if !diff.Empty() {
		t.Errorf("table differs from what was acknowledged: %s", diff)
	}
	if err := report.Err(); err != nil {
		t.Errorf("statements of the writers failed: %v", err)
	}
	nothingLeft(t, pool)
	exec(t, pool, "DROP TABLE IF EXISTS twin")
	if err := load.Seed(t.Context(), pool, engine, shape, "twin", 10); err != nil {
		t.Fatal(err)
	}
	exec(t, pool, strings.ReplaceAll(changeAmount, "orders", "twin"))
	sameDefinition(t, pool, "orders", "twin")
}

// sameDefinition compares a table with one that was changed by the server's own statement.
func sameDefinition(t *testing.T, pool *sql.DB, a, b string) {
	t.Helper()
	var texts [2]string
	for i, table := range []string{a, b} {
		text, err := load.Definition(t.Context(), pool, load.Postgres, table)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = text
	}
	if d := cmp.Diff(texts[1], texts[0]); d != "" {
		t.Errorf("the definition is not what ALTER TABLE makes of it (-native +ours):\n%s", d)
	}
}

// nothingLeft looks for what a run should have taken away.
func nothingLeft(t *testing.T, pool *sql.DB) {
	t.Helper()
	var left string
	err := pool.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(name, ', '), '') FROM (
		SELECT relname::text AS name FROM pg_class WHERE relname ~ '_sf_'
		UNION ALL SELECT proname FROM pg_proc WHERE proname ~ '_sf_'
		UNION ALL SELECT tgname FROM pg_trigger WHERE tgname ~ '_sf_'
		UNION ALL SELECT conname FROM pg_constraint WHERE conname ~ '_sf_'
		UNION ALL SELECT stxname FROM pg_statistic_ext WHERE stxname ~ '_sf_'
		UNION ALL SELECT typname FROM pg_type WHERE typname ~ '_sf_') x`).Scan(&left)
	if err != nil {
		t.Fatal(err)
	}
	if left != "" {
		t.Errorf("left behind: %s", left)
	}
}
