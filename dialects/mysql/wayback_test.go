package mysql

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
)

// TestWayBack exchanges the tables, writes to the new one, and rolls back: the old one must be what
// the same writes had made of it.
func TestWayBack(t *testing.T) {
	const written = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, e ENUM('a','b','c') NOT NULL, s SET('x','y','z'), d VARCHAR(20), l VARCHAR(20) CHARACTER SET latin1, c CHAR(5) CHARACTER SET latin1, n INT) DEFAULT CHARSET=utf8mb4"
	setup := []string{
		written,
		"INSERT INTO t VALUES (1, 'a', 'x,y', 'ä', 'ä', 'é', 1), (2, 'b', '', 'b', 'B', '', 2), (3, 'c', NULL, NULL, NULL, NULL, 3), (4, 'a', 'z', 'q ', 'q ', 'q', 4)",
	}
	writes := []string{
		"UPDATE t SET n = 5 WHERE id IN (1, 2, 3)", "UPDATE t SET e = 'c', s = 'y,z', d = 'ö', l = 'ü', c = 'ß' WHERE id = 2",
		"INSERT INTO t VALUES (9, 'b', 'x,z', 'é', 'é', 'é', 9)", "DELETE FROM t WHERE id = 4",
	}
	eachServer(t, func(t *testing.T, url string) {
		for i, change := range []string{
			"MODIFY e ENUM('c','b','a','q') NOT NULL, MODIFY n BIGINT",
			"MODIFY s SET('z','y','x','w')",
			"MODIFY e VARCHAR(10) NOT NULL",
			"MODIFY d VARCHAR(20) CHARACTER SET latin1",
			"MODIFY l VARCHAR(20) CHARACTER SET utf8mb4",
			"MODIFY c VARCHAR(20) CHARACTER SET utf8mb3",
			"CONVERT TO CHARACTER SET utf8mb4",
			"MODIFY l VARCHAR(20) CHARACTER SET utf16, MODIFY e ENUM('b','a','c') CHARACTER SET latin1 NOT NULL",
		} {
			t.Run(change, func(t *testing.T) {
				db, other := openTest(t, another(t, url, 2*i)), openTest(t, another(t, url, 2*i+1))
				execute(t, db, setup...)
				execute(t, other, slices.Concat(setup, writes)...)
				c := likeness{change: "ALTER TABLE t " + change}
				p, err := c.plan(t, db)
				if err != nil {
					t.Fatal(err)
				}
				becomes(t, executor.AfterCutOver, func() (executor.Outcome, error) {
					return executor.Run(t.Context(), db, p, executor.Options{ID: "back"})
				})
				asOthers(t, db, writes...)
				becomes(t, executor.RolledBack, func() (executor.Outcome, error) {
					return executor.Rollback(t.Context(), db, "back", executor.Options{ID: "back"})
				})
				if diff := cmp.Diff(shown(t, other), shown(t, db)); diff != "" {
					t.Errorf("definition (-never changed +rolled back):\n%s", diff)
				}
				if diff := cmp.Diff(hexRows(t, other), hexRows(t, db)); diff != "" {
					t.Errorf("rows (-never changed +rolled back):\n%s", diff)
				}
				nothingLeft(t, db.pool)
			})
		}
	})
}

// asOthers runs statements in a session that is not one of ours: triggers tell of what it writes.
func asOthers(t *testing.T, db *Database, queries ...string) {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range append([]string{"SET @_surefoot = NULL"}, queries...) {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(q, err)
		}
	}
	_ = conn.Raw(func(any) error { return sql.ErrConnDone }) // never to the pool again
}

// TestNoWayBackOfMarks: where the server shows a question mark, the old definition cannot be stated again.
func TestNoWayBackOfMarks(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		for i, c := range []struct {
			was  string
			back bool
		}{
			{"ENUM('a','b') NOT NULL DEFAULT 'b'", true},
			{"ENUM('a','\U0001F600') NOT NULL DEFAULT 'a'", false},
			{"SET('a','?') DEFAULT 'a'", false},
			{"VARCHAR(9) NOT NULL DEFAULT 'why?'", false},
		} {
			db := openTest(t, another(t, url, i))
			execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY, e "+c.was+") DEFAULT CHARSET=utf8mb4")
			s, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			stmts, err := db.Parse("", "ALTER TABLE t MODIFY e VARCHAR(10) CHARACTER SET utf8mb4", s)
			if err != nil {
				t.Fatal(err)
			}
			p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Window, Limits: planner.DefaultLimits()})
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range p.Steps {
				if (len(step.Undo) > 0) != c.back || step.NoReturn == c.back {
					t.Errorf("%s: way back %q, none %t", c.was, step.Undo, step.NoReturn)
				}
			}
		}
	})
}
