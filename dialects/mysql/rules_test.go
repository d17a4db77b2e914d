package mysql

import (
	"strings"
	"testing"
	"time"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/schema"
)

func execute(t *testing.T, db *Database, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := db.pool.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
}

// safely plans a statement as for a large table.
func safely(t *testing.T, db *Database, sql string) *plan.Plan {
	t.Helper()
	return build(t, db, db.Dialect, sql)
}

// becomes runs a command and looks at what becomes of the run.
func becomes(t *testing.T, want executor.State, do func() (executor.Outcome, error)) {
	t.Helper()
	out, err := do()
	if err != nil || out.State != want {
		t.Fatal(out, err)
	}
}

// TestOrphans adds a foreign key to rows that break it: the row is named, and the key is gone after
// the way back. Without such rows it is there, and holds for new rows from the first step on.
func TestOrphans(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db,
			"CREATE TABLE p (id INT PRIMARY KEY)", "INSERT INTO p VALUES (1), (2)",
			"CREATE TABLE c (a VARCHAR(10) NOT NULL, b INT NOT NULL, p INT, PRIMARY KEY (a, b)) DEFAULT CHARSET=utf8mb4",
			"INSERT INTO c VALUES ('x', 1, 1), ('é', 2, 99), ('y', 3, NULL)")
		p := safely(t, db, "ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)")
		_, err := executor.Run(t.Context(), db, p, executor.Options{ID: "one"})
		if err == nil || !strings.Contains(err.Error(), "break foreign key fk: row a=é, b=2") {
			t.Errorf("%v", err)
		}
		if _, err := db.pool.Exec("INSERT INTO c VALUES ('z', 4, 98)"); err == nil {
			t.Error("a new row breaks the foreign key")
		}
		becomes(t, executor.RolledBack, func() (executor.Outcome, error) {
			return executor.Rollback(t.Context(), db, "one", executor.Options{ID: "one"})
		})
		execute(t, db, "INSERT INTO c VALUES ('z', 4, 98)", "DELETE FROM c WHERE p > 2")
		becomes(t, executor.Finished, func() (executor.Outcome, error) {
			return executor.Run(t.Context(), db, p, executor.Options{ID: "two"})
		})
		if _, err := db.pool.Exec("INSERT INTO c VALUES ('q', 4, 98)"); err == nil {
			t.Error("a new row breaks the foreign key")
		}
	})
}

// TestBothNames keeps a column alive under its old and its new name until the application is
// deployed.
func TestBothNames(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db,
			"CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'who', n INT)",
			"INSERT INTO t VALUES (1, 'Ann', 1), (2, 'bob', 2), (3, '', 3)")
		p := safely(t, db, "ALTER TABLE t RENAME COLUMN name TO full_name")
		becomes(t, executor.Held, func() (executor.Outcome, error) {
			return executor.Run(t.Context(), db, p, executor.Options{ID: "rename"})
		})
		execute(t, db,
			"INSERT INTO t (id, name) VALUES (4, 'old way')", "INSERT INTO t (id, full_name) VALUES (5, 'new way')",
			"UPDATE t SET name = 'Bob' WHERE id = 2", "UPDATE t SET full_name = 'ann' WHERE id = 1", "UPDATE t SET n = 9 WHERE id = 3")
		var differ int
		if err := db.pool.QueryRow("SELECT COUNT(*) FROM t WHERE NOT (CAST(name AS BINARY) <=> CAST(full_name AS BINARY))").Scan(&differ); err != nil || differ > 0 {
			t.Errorf("%d rows differ under the two names (%v)", differ, err)
		}
		becomes(t, executor.Finished, func() (executor.Outcome, error) {
			return executor.Continue(t.Context(), db, "rename", executor.Options{ID: "rename"})
		})
		var all string
		if err := db.pool.QueryRow("SELECT GROUP_CONCAT(full_name ORDER BY id) FROM t").Scan(&all); err != nil || all != "ann,Bob,,old way,new way" {
			t.Errorf("%q %v", all, err)
		}
		nothingLeft(t, db.pool)
	})
}

// TestOddNames copies tables whose names leave no room for a suffix, or need quotes.
func TestOddNames(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for i, name := range []string{strings.Repeat("x", 64), strings.Repeat("x", 63) + "y", "a.b c`d;é\\", "SELECT", "50%"} {
			execute(t, db, "CREATE TABLE "+quote(name)+" (`k``e y` INT PRIMARY KEY, `group` INT)", "INSERT INTO "+quote(name)+" VALUES (1, 1), (2, NULL)")
			p := planFor(t, db, "ALTER TABLE "+quote(name)+" MODIFY COLUMN `group` BIGINT")
			id := "odd" + string(rune('a'+i))
			becomes(t, executor.Finished, func() (executor.Outcome, error) {
				return executor.Run(t.Context(), db, p, executor.Options{ID: id, Finish: true})
			})
			var sum int
			if err := db.pool.QueryRow("SELECT SUM(`k``e y`) FROM " + quote(name)).Scan(&sum); err != nil || sum != 3 {
				t.Errorf("%s: %d %v", name, sum, err)
			}
		}
		nothingLeft(t, db.pool)
		long := strings.Repeat("é", 64)
		execute(t, db, "CREATE TABLE "+quote(long)+" (id INT PRIMARY KEY)")
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if refused := len(s.Table(schema.Name{Table: long}).Refusals) > 0; refused != db.maria() {
			t.Errorf("refused: %v", refused)
		}
	})
}

// TestForeignHands truncates or alters the table in the middle of a copy, which no trigger sees: the
// cut-over is refused, and the way back leaves the table as the others made it.
func TestForeignHands(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for i, meddle := range []string{"TRUNCATE TABLE t", "ALTER TABLE t ADD COLUMN z INT", "ALTER TABLE t ADD INDEX z (a)"} {
			execute(t, db, "DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1), (2, 2)")
			time.Sleep(1100 * time.Millisecond) // the server counts creation times in seconds
			p := planFor(t, db, "ALTER TABLE t MODIFY COLUMN a BIGINT")
			id := "meddle" + string(rune('a'+i))
			opts := executor.Options{ID: id, Tries: 2}
			opts.Failpoint = func(point string) {
				if strings.HasSuffix(point, "verify:done") {
					execute(t, db, meddle)
				}
			}
			if _, err := executor.Run(t.Context(), db, p, opts); err == nil || !strings.Contains(err.Error(), "during the copy") && !strings.Contains(err.Error(), "somebody changed") {
				t.Errorf("%s: %v", meddle, err)
			}
			becomes(t, executor.RolledBack, func() (executor.Outcome, error) {
				return executor.Rollback(t.Context(), db, id, executor.Options{ID: id})
			})
			nothingLeft(t, db.pool)
		}
	})
}
