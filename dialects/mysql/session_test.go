package mysql

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
)

// TestStopsInTheServer stops a run in the middle of a statement that blocks writers: when the run says
// that it stopped, the server does nothing of it any more, and the same run goes on afterwards.
func TestStopsInTheServer(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, pad VARCHAR(200))",
			`INSERT INTO t SELECT a.n * 1000 + b.n, 1, REPEAT('x', 200) FROM (`+thousand+`) a, (`+thousand+`) b WHERE a.n < 100`)
		before := definitionOf(t, db, "t")
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stmts, err := db.Parse("", "ALTER TABLE t MODIFY v BIGINT", s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Window})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		o := executor.Options{Notify: func(e executor.Event) {
			if e.Kind == executor.StepBegun {
				time.AfterFunc(200*time.Millisecond, func() { cancel(errors.New("the budget is spent")) })
			}
		}}
		out, err := executor.Run(ctx, db, p, o)
		if err != nil || out.State != executor.Stopped {
			t.Fatalf("%+v %v", out, err)
		}
		begun := time.Now()
		execute(t, db, "UPDATE t SET v = 2 WHERE id = 1")
		if d := time.Since(begun); d > 500*time.Millisecond {
			t.Errorf("a writer waited %v", d)
		}
		nothingRuns(t, db)
		if after := definitionOf(t, db, "t"); after != before {
			t.Errorf("the table became %s", after)
		}
		if out, err := executor.Run(t.Context(), db, p, executor.Options{}); err != nil || out.State != executor.Finished {
			t.Errorf("%+v %v", out, err)
		}
	})
}

// TestNeverHalfARename stops statements about tables with triggers while they run: whatever becomes of
// them, the tables can be read and written, and the triggers are there whole.
func TestNeverHalfARename(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		body := " FOR EACH ROW BEGIN SET @x = 1; END"
		for i, c := range [][2]string{{"RENAME TABLE a TO c, b TO a", "RENAME TABLE a TO b, c TO a"}, {"DROP TRIGGER t2", "CREATE TRIGGER t2 AFTER DELETE ON b" + body}, {"ALTER TABLE b RENAME TO c", "RENAME TABLE c TO b"}} {
			execute(t, db, "DROP TABLE IF EXISTS a, b, c", "CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)",
				"CREATE TRIGGER t1 AFTER INSERT ON a"+body, "CREATE TRIGGER t2 AFTER DELETE ON b"+body, "CREATE TRIGGER t3 AFTER UPDATE ON b"+body)
			for range 40 {
				ctx, cancel := context.WithTimeout(t.Context(), rand.N(6*time.Millisecond))
				_, err := db.pool.ExecContext(ctx, c[0])
				cancel()
				var n int
				if err := db.pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('a', 'b', 'c')").Scan(&n); err != nil || n != 2 {
					t.Fatalf("%d tables, %v", n, err)
				}
				if err == nil {
					execute(t, db, c[1])
				}
				execute(t, db, "INSERT INTO a VALUES (1)", "DELETE FROM a", "INSERT INTO b VALUES (1)", "UPDATE b SET id = 2", "DELETE FROM b")
				if err := db.pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()").Scan(&n); err != nil || n != 3 {
					t.Fatalf("%d: %d triggers, %v", i, n, err)
				}
			}
		}
	})
}

const thousand = `SELECT a.n + 10 * b.n + 100 * c.n AS n FROM (SELECT 0 AS n ` + digits + `) a, (SELECT 0 AS n ` + digits + `) b, (SELECT 0 AS n ` + digits + `) c`

// TestKilled ends statements of each kind: they answer at once, and what they did is taken back.
func TestKilled(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)")
		for name, run := range map[string]func(ctx context.Context) error{
			"exec": func(ctx context.Context) error {
				_, err := db.pool.ExecContext(ctx, "UPDATE t SET v = v + 1 + SLEEP(20)")
				return err
			},
			"query": func(ctx context.Context) error {
				var slept, v int
				return db.pool.QueryRowContext(ctx, "SELECT SLEEP(20), v FROM t").Scan(&slept, &v)
			},
			"prepared": func(ctx context.Context) error { // the driver prepares where a text holds a question mark
				_, err := db.pool.ExecContext(ctx, "UPDATE t SET v = v + SLEEP(20) WHERE id = ? AND '?' = '?'", 1)
				return err
			},
			"transaction": func(ctx context.Context) error {
				tx, err := db.pool.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				defer tx.Rollback() //nolint:errcheck // the context has ended it
				_, err = tx.ExecContext(ctx, "UPDATE t SET v = v + 1 + SLEEP(20)")
				return err
			},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			begun := time.Now()
			if err := run(ctx); err == nil {
				t.Errorf("%s went through", name)
			}
			cancel()
			if d := time.Since(begun); d > 5*time.Second {
				t.Errorf("%s took %v", name, d)
			}
			nothingRuns(t, db)
		}
		var v int
		if err := db.pool.QueryRow("SELECT v FROM t").Scan(&v); err != nil || v != 1 {
			t.Errorf("v is %d, %v", v, err)
		}
	})
}

// nothingRuns allows for the moment in which a session has answered and is not yet at rest.
func nothingRuns(t *testing.T, db *Database) {
	t.Helper()
	var text *string
	for until := time.Now().Add(500 * time.Millisecond); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		err := db.pool.QueryRow(`SELECT MAX(INFO) FROM information_schema.PROCESSLIST
			WHERE DB = ? AND COMMAND IN ('Query', 'Execute') AND ID <> CONNECTION_ID() AND INFO NOT LIKE 'KILL%'`, db.name).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		if text == nil {
			return
		}
	}
	t.Errorf("the server still runs %s", *text)
}
