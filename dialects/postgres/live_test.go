package postgres

import (
	"context"
	"database/sql"
	"os"
	"testing"

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
			t.Fatalf("%s: %v", s, err)
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
				t.Logf("%+v", e)
			}
		}
	}
	out, err := executor.Run(context.WithoutCancel(t.Context()), db, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const changeAmount = "ALTER TABLE orders ALTER COLUMN amount TYPE numeric(14,4)"

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
	exec(t, pool, "DROP TABLE IF EXISTS orders CASCADE")
	if err := load.Seed(t.Context(), pool, engine, shape, "orders", 20000); err != nil {
		t.Fatal(err)
	}
	db := open(t, url)
	p := plan(t, db, changeAmount)
	l, err := load.Start(t.Context(), load.Options{URL: url, Table: "orders", Shape: shape, Rows: 20000, Writers: 4, Rate: 400})
	if err != nil {
		t.Fatal(err)
	}
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
}
