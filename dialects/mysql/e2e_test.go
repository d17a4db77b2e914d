package mysql

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// forced is a dialect whose server copies tables only while writers wait, so that the planner takes
// a table copy of its own.
type forced struct{ *Dialect }

func (f forced) Effect(c schema.Change, s *schema.Schema) plan.Effect {
	e := f.Dialect.Effect(c, s)
	if e.Algorithm == "COPY" {
		e.Online, e.Lock, e.Blocks = false, "SHARED", plan.BlocksWrites
	}
	return e
}

// eachServer runs a test on a database of its own on each server.
func eachServer(t *testing.T, test func(t *testing.T, url string)) {
	for _, engine := range []string{"mysql", "mariadb"} {
		for _, version := range servers.Versions(engine) {
			t.Run(engine+version, func(t *testing.T) {
				test(t, servers.Shared(t, engine, version).Database(t))
			})
		}
	}
}

func openTest(t *testing.T, url string) *Database {
	t.Helper()
	db, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// planFor plans a statement with a table copy.
func planFor(t *testing.T, db *Database, sql string) *plan.Plan {
	t.Helper()
	return build(t, db, forced{db.Dialect}, sql)
}

func build(t *testing.T, db *Database, d planner.Dialect, sql string) *plan.Plan {
	t.Helper()
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := db.Parse("", sql, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(stmts, s, d, planner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCopyUnderLoad(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		for _, shape := range load.Shapes() {
			t.Run(string(shape), func(t *testing.T) { copyUnderLoad(t, url, shape) })
		}
	})
}

const widen = "ALTER TABLE %s MODIFY COLUMN amount BIGINT NULL COMMENT 'amount in units'"

func copyUnderLoad(t *testing.T, url string, shape load.Shape) {
	const rows = 20_000
	pool, engine, err := load.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	table := "orders_" + string(shape)
	if err := load.Seed(t.Context(), pool, engine, shape, table, rows); err != nil {
		t.Fatal(err)
	}
	db := openTest(t, url)
	p := planFor(t, db, strings.ReplaceAll(widen, "%s", table))
	l, err := load.Start(t.Context(), load.Options{URL: url, Table: table, Shape: shape, Rows: rows, Rate: 500})
	if err != nil {
		t.Fatal(err)
	}
	out, err := executor.Run(t.Context(), db, p, executor.Options{Notify: logEvents(t), Finish: true})
	if err != nil || out.State != executor.Finished {
		t.Errorf("run: %+v %v", out, err)
	}
	time.Sleep(300 * time.Millisecond)
	if _, err := l.Stop(); err != nil {
		t.Error(err)
	}
	report := l.Snapshot()
	t.Log(report.String())
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	if diff, err := l.Verify(t.Context(), pool); err != nil || !diff.Empty() {
		t.Errorf("verify: %s %v", diff, err)
	}
	asNative(t, pool, engine, l, table, shape)
	nothingLeft(t, pool)
}

func logEvents(t *testing.T) func(executor.Event) {
	return func(e executor.Event) {
		if e.Text != "" || e.Kind == executor.StepBegun || e.Kind == executor.StepDone {
			t.Logf(time.Now().UTC().Format("15:04:05.000000")+" %s %s rows %d backlog %d %s", e.Kind, e.Step.ID, e.Rows, e.Backlog, e.Text)
		}
	}
}

// asNative compares rows and definition with a table that the plain ALTER changed.
func asNative(t *testing.T, pool *sql.DB, engine string, l *load.Load, table string, shape load.Shape) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if err := l.Control(ctx, pool, "control"); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = pool.Exec("DROP TABLE control") }()
	if _, err := pool.ExecContext(ctx, strings.ReplaceAll(widen, "%s", "control")); err != nil {
		t.Fatal(err)
	}
	live, err := load.Definition(ctx, pool, engine, table)
	if err != nil {
		t.Fatal(err)
	}
	control, err := load.Definition(ctx, pool, engine, "control")
	if err != nil {
		t.Fatal(err)
	}
	if live != control {
		t.Errorf("definition:\n%s\nnative:\n%s", live, control)
	}
	if c, err := load.CompareTables(ctx, pool, engine, table, "control", shape.KeyColumns()); err != nil || !c.Equal() {
		t.Errorf("rows: %s %v", c, err)
	}
}

func nothingLeft(t *testing.T, pool *sql.DB) {
	t.Helper()
	var left sql.NullString
	err := pool.QueryRow(`SELECT GROUP_CONCAT(n) FROM (
		SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\_sf\_%'
		UNION ALL SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE '%\_sf\_%') x`).Scan(&left)
	if err != nil || left.String != "" {
		t.Errorf("left behind: %s %v", left.String, err)
	}
}
