package mysql

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
	"surefoot/planner"
)

const parents = "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (10), (20), (30); "

// roundTrips are changes that are made by safe steps and taken back again.
var roundTrips = []struct{ setup, change string }{
	{plain, "ADD COLUMN z INT NOT NULL DEFAULT 5 AFTER a"},
	{plain, "ADD COLUMN z VARCHAR(36) DEFAULT (uuid())"},
	{plain, "ADD COLUMN z INT DEFAULT (1 + 1)"},
	{plain, "ADD COLUMN z INT, ADD INDEX z (z), ADD UNIQUE KEY zu (a)"},
	{plain, "ADD COLUMN z INT AS (a + 1) STORED"},
	{plain, "MODIFY COLUMN a INT NOT NULL DEFAULT 4 COMMENT 'x'"},
	{plain, "MODIFY COLUMN a INT FIRST"},
	{plain, "MODIFY COLUMN n INT NULL DEFAULT 0"},
	{plain, "MODIFY COLUMN b VARCHAR(50)"},
	{plain, "MODIFY COLUMN d DECIMAL(12,4), MODIFY COLUMN e ENUM('y','x'), MODIFY COLUMN la VARCHAR(20) CHARACTER SET utf8mb4"},
	{plain, "MODIFY COLUMN id BIGINT NOT NULL, ADD INDEX z (a)"},
	{plain, "MODIFY COLUMN k VARCHAR(100) COLLATE utf8mb4_bin"},
	{plain, "ALTER COLUMN n SET DEFAULT 9"},
	{plain, "ALTER COLUMN n DROP DEFAULT"},
	{plain, "ADD INDEX z (a, b(5))"},
	{plain, "DROP INDEX i_k2"},
	{plain, "RENAME INDEX i_k2 TO z"},
	{plain, "ADD CONSTRAINT z CHECK (a > 0)"},
	{plain, "ADD FULLTEXT INDEX z (ft)"},
	{parents + plain, "ADD CONSTRAINT z FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE"},
	{virtual, "MODIFY COLUMN a BIGINT"},
	{plain, "MODIFY COLUMN b VARCHAR(20) COMMENT '四 𝄞', ALTER COLUMN n SET DEFAULT 3"},
}

// TestThereAndBack makes each change by the steps of a plan, compares the result with what the plain
// statement makes, and takes it back.
func TestThereAndBack(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		for i, c := range roundTrips {
			t.Run(c.change, func(t *testing.T) {
				db := openTest(t, another(t, url, i))
				thereAndBack(t, db, c.setup, c.change)
				nothingLeft(t, db.pool)
			})
		}
	})
}

// another makes a database beside the one that a URL names.
func another(t *testing.T, url string, n int) string {
	t.Helper()
	db := openTest(t, url)
	name := fmt.Sprintf("%s_%d", db.name, n)
	if _, err := db.pool.Exec("CREATE DATABASE " + quote(name)); err != nil {
		t.Fatal(err)
	}
	return url + fmt.Sprintf("_%d", n)
}

func thereAndBack(t *testing.T, db *Database, setup, change string) {
	e := example{setup: setup, change: change}
	_, s := setUp(t, db, e)
	before := definition(t, db)
	stmts, err := db.Parse("", "ALTER TABLE t "+change, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(stmts, s, forced{db.Dialect}, planner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, step := range p.Steps {
		kinds = append(kinds, step.Title)
	}
	opts := executor.Options{ID: "there"}
	out, err := executor.Run(t.Context(), db, p, opts)
	if err != nil || out.State != executor.AfterCutOver && out.State != executor.Finished {
		t.Fatalf("%v %v %s", out.State, err, strings.Join(kinds, "; "))
	}
	after := definition(t, db)
	if out.State == executor.AfterCutOver {
		out, err := executor.Rollback(t.Context(), db, opts.ID, opts)
		if err != nil || out.State != executor.RolledBack {
			t.Fatal(out, err, strings.Join(kinds, "; "))
		}
		if back := definition(t, db); back != before {
			t.Errorf("after the way back:\n%s\nbefore:\n%s", back, before)
		}
		if _, err := db.pool.Exec("ALTER TABLE t " + change); err != nil {
			t.Fatal(err)
		}
	} else {
		for i := len(p.Steps) - 1; i >= 0; i-- { // a finished run has no rollback: its statements are run by hand
			runUndo(t, db, p.Steps[i])
		}
		if back := definition(t, db); back != before {
			t.Errorf("after the way back:\n%s\nbefore:\n%s", back, before)
		}
		if _, err := db.pool.Exec("ALTER TABLE t " + change); err != nil && !strings.Contains(err.Error(), "1674") {
			t.Fatal(err)
		} else if err != nil {
			return
		}
	}
	if native := definition(t, db); native != after {
		t.Errorf("made:\n%s\nnative:\n%s\nby %s", after, native, strings.Join(kinds, "; "))
	}
}

// runUndo runs a step's way back twice, each time in a session of its own: it must be safe to repeat.
func runUndo(t *testing.T, db *Database, s plan.Step) {
	t.Helper()
	for range 2 {
		conn, err := db.pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range s.Undo {
			if _, err := conn.ExecContext(t.Context(), q); err != nil {
				t.Fatal(s.Title, q, err)
			}
		}
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // never to the pool again
		_ = conn.Close()
	}
}

func definition(t *testing.T, db *Database) string {
	t.Helper()
	text, err := load.Definition(t.Context(), db.pool, db.flavor.String(), "t")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ = strings.Cut(text, "\ntrigger ") // those of the reverse capture
	return strings.TrimSpace(text)
}
