package mysql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"surefoot/executor"
	"surefoot/schema"
)

// A row whose key moves to where the walk has been is filled all the same.
func TestBackfillFollowsMoves(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY, a INT)",
			"INSERT INTO t WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1000) SELECT n, n FROM g",
			"INSERT INTO t SELECT id + 1000, a FROM t", "INSERT INTO t SELECT id + 2000, a FROM t")
		moves := 0
		move := func(point string) {
			if strings.HasSuffix(point, ":checkpoint") {
				moves++
				execute(t, db, fmt.Sprintf("UPDATE t SET id = %d WHERE id = %d", -moves, 4001-moves))
			}
		}
		p := planFor(t, db, "ALTER TABLE t ADD COLUMN x VARCHAR(36) DEFAULT (uuid())")
		out, err := executor.Run(t.Context(), db, p, executor.Options{ChunkTime: time.Millisecond, Failpoint: move})
		if out.State == executor.AfterCutOver {
			out, err = executor.Finish(t.Context(), db, out.ID, executor.Options{})
		}
		if err != nil || out.State != executor.Finished {
			t.Fatalf("%s: %v", out.State, err)
		}
		var rows, empty int
		if err := db.pool.QueryRow("SELECT COUNT(*), SUM(x IS NULL) FROM t").Scan(&rows, &empty); err != nil || rows != 4000 || empty != 0 || moves == 0 {
			t.Errorf("%d of %d rows are empty after %d moves: %v", empty, rows, moves, err)
		}
		nothingLeft(t, db.pool)
	})
}

// A walk fills no column where rows may move past it unseen, or where what it computes has no words
// in a trigger.
func TestWhatAWalkCannotFill(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE t (Id INT PRIMARY KEY, A INT, CONSTRAINT f FOREIGN KEY (id) REFERENCES p (id) ON UPDATE CASCADE)",
			"CREATE TABLE o (id INT PRIMARY KEY, A INT)")
		for _, sql := range []string{
			"ALTER TABLE t ADD COLUMN x VARCHAR(36) DEFAULT (uuid())",
			"ALTER TABLE t RENAME COLUMN a TO b",
			"ALTER TABLE o ADD COLUMN x VARCHAR(50) DEFAULT (CONCAT(uuid(), a))",
		} {
			p, err := likeness{change: sql}.plan(t, db)
			if err != nil {
				continue // it is refused
			}
			for _, step := range p.Steps {
				if step.Kind == schema.Fill && strings.HasPrefix(step.Title, "fill column") {
					t.Errorf("%s: %s", sql, step.Title)
				}
			}
		}
	})
}
