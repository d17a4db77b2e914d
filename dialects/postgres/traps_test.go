package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"surefoot/executor"
)

const trapTable = `
DROP TABLE IF EXISTS t CASCADE;
DROP SCHEMA IF EXISTS surefoot CASCADE;
DO $$BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE TABLE t (id int PRIMARY KEY, a int, note text);
GRANT SELECT, INSERT, UPDATE, DELETE ON t TO clerk;
INSERT INTO t SELECT g, g, 'n' || g FROM generate_series(1, 5000) g;
ANALYZE t`

const trapChange = "ALTER TABLE t ALTER a TYPE bigint"

// at runs a plan and does something the first time it comes by a point.
func at(t *testing.T, db *Database, sql, point string, do func()) (executor.Outcome, error) {
	t.Helper()
	p := planOf(t, db, sql)
	did := false
	out, err := executor.Run(context.WithoutCancel(t.Context()), db, p, executor.Options{
		LockTimeout: 200 * time.Millisecond, Tries: 5, Workers: 1,
		Failpoint: func(at string) {
			if !did && strings.HasSuffix(at, point) {
				did = true
				do()
			}
		},
	})
	if !did {
		t.Errorf("the run did not come by %s", point)
	}
	return out, err
}

func value(t *testing.T, pool *sql.DB, query string) string {
	t.Helper()
	var v sql.NullString
	if err := pool.QueryRowContext(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v.String
}

const sumOfT = "SELECT concat_ws(' ', count(*), sum(id), sum(a), md5(string_agg(concat_ws(',', id, a, note), ';' ORDER BY id))) FROM t"

// Whatever writes to the table while it is copied, and with whatever rights, is in the result, and
// after the way back too.
func TestWritersOfAllKinds(t *testing.T) {
	writes := map[string][]string{
		"role without rights on the log": {"SET ROLE clerk", "INSERT INTO t VALUES (-1, 1, 'c')", "UPDATE t SET a = NULL WHERE id = 7", "DELETE FROM t WHERE id = 9"},
		"replication role":               {"SET session_replication_role = replica", "INSERT INTO t VALUES (-2, 1, 'r')", "UPDATE t SET id = -3 WHERE id = 4000", "DELETE FROM t WHERE id = 3"},
		"truncate":                       {"TRUNCATE t", "INSERT INTO t VALUES (1, 2, 'after')"},
		"moved keys":                     {"UPDATE t SET id = id + 100000 WHERE id % 7 = 0", "UPDATE t SET id = -id WHERE id % 11 = 0"},
		"strange search_path": {
			"SET client_min_messages = error; DROP SCHEMA IF EXISTS evil CASCADE; CREATE SCHEMA evil",
			"CREATE FUNCTION evil.ne(int, int) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 = 1'", "CREATE OPERATOR evil.<> (LEFTARG = int, RIGHTARG = int, FUNCTION = evil.ne)",
			"SET search_path = evil, pg_catalog, public", "UPDATE t SET a = 5 WHERE id BETWEEN 1 AND 9", "UPDATE t SET id = -4 WHERE id = 4",
		},
	}
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		for name, statements := range writes {
			for _, moment := range []string{"02-dual-write:done", "03-backfill:checkpoint", "03-backfill:done", "05-verify:done", "06-cut-over:done"} {
				t.Run(name+" at "+moment, func(t *testing.T) {
					exec(t, db.pool, trapTable)
					var want string
					out, err := at(t, db, trapChange, moment, func() {
						conn, err := db.pool.Conn(t.Context())
						if err != nil {
							t.Fatal(err)
						}
						defer conn.Close()
						for _, q := range append(statements, "RESET ROLE", "RESET session_replication_role", "RESET search_path") {
							if _, err := conn.ExecContext(t.Context(), q); err != nil {
								t.Errorf("%s: %v", q, err)
							}
						}
						want = value(t, db.pool, sumOfT)
					})
					if err != nil {
						t.Fatal(err)
					}
					if got := value(t, db.pool, sumOfT); got != want {
						t.Errorf("after the swap: %s, not %s", got, want)
					}
					if _, err := executor.Rollback(context.WithoutCancel(t.Context()), db, out.ID, executor.Options{}); err != nil {
						t.Fatal(err)
					}
					if got := value(t, db.pool, sumOfT); got != want {
						t.Errorf("after the way back: %s, not %s", got, want)
					}
					nothingLeft(t, db.pool)
				})
			}
		}
	})
}

// A transaction with an old snapshot would find the new table empty, so the swap does not happen.
func TestOldSnapshot(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, trapTable)
		old, err := db.pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
		if err != nil {
			t.Fatal(err)
		}
		defer old.Rollback() //nolint:errcheck // it may be over by then
		if _, err := old.ExecContext(t.Context(), "SET LOCAL application_name = 'report'; SELECT 1"); err != nil {
			t.Fatal(err)
		}
		_, err = at(t, db, trapChange, "06-cut-over:start", func() {})
		if err == nil || !strings.Contains(err.Error(), "report") || !strings.Contains(err.Error(), "would not see the new table's rows") {
			t.Errorf("the swap gave %v", err)
		}
		var n int
		if err := old.QueryRowContext(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil || n != 5000 {
			t.Errorf("the old transaction sees %d rows (%v)", n, err)
		}
		if err := old.Rollback(); err != nil {
			t.Fatal(err)
		}
		run(t, db, planOf(t, db, trapChange), executor.Options{Finish: true})
		nothingLeft(t, db.pool)
	})
}

// After the swap the application may write what only the new type holds. It never fails; the way
// back is refused and names the row.
func TestValueThatDoesNotFitTheWayBack(t *testing.T) {
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		for _, c := range []struct{ change, write, repair string }{
			{trapChange, "UPDATE t SET a = 3000000000 WHERE id = 42", "UPDATE t SET a = 4 WHERE id = 42"},
			{"ALTER TABLE t ALTER a TYPE numeric(20,4)", "UPDATE t SET a = 1.5 WHERE id = 42", "UPDATE t SET a = 4 WHERE id = 42"},
			{"ALTER TABLE t ALTER id TYPE bigint", "UPDATE t SET id = 3000000000, a = 4 WHERE id = 42", "UPDATE t SET id = 42 WHERE id = 3000000000"},
			{"ALTER TABLE t ALTER a TYPE text USING a::text", "UPDATE t SET a = 'x' WHERE id = 42", "UPDATE t SET a = '4' WHERE id = 42"},
		} {
			t.Run(c.change, func(t *testing.T) {
				exec(t, db.pool, trapTable)
				out := run(t, db, planOf(t, db, c.change), executor.Options{})
				exec(t, db.pool, c.write, "INSERT INTO t VALUES (-5, 5, 'fits')")
				_, err := executor.Rollback(context.WithoutCancel(t.Context()), db, out.ID, executor.Options{})
				if err == nil || !strings.Contains(err.Error(), "42") && !strings.Contains(err.Error(), "3000000000") {
					t.Fatalf("the way back gave %v", err)
				}
				exec(t, db.pool, c.repair)
				if _, err := executor.Rollback(context.WithoutCancel(t.Context()), db, out.ID, executor.Options{}); err != nil {
					t.Fatal(err)
				}
				if got := value(t, db.pool, "SELECT string_agg(concat_ws(' ', id, a, note), ', ' ORDER BY id) FROM t WHERE id IN (-5, 42)"); got != "-5 5 fits, 42 4 n42" {
					t.Errorf("after the way back: %s", got)
				}
				nothingLeft(t, db.pool)
			})
		}
	})
}

// What a failed CREATE INDEX CONCURRENTLY left behind is no index.
func TestInvalidIndexIsBuiltAgain(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, trapTable, "UPDATE t SET a = 1 WHERE id < 3")
		if _, err := db.pool.ExecContext(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)"); err == nil {
			t.Fatal("the index was built over duplicates")
		}
		exec(t, db.pool, "UPDATE t SET a = id")
		run(t, db, planOf(t, db, "CREATE UNIQUE INDEX t_a ON t (a)"), executor.Options{})
		if got := value(t, db.pool, "SELECT bool_and(indisvalid)::text || count(*) FROM pg_index WHERE indrelid = 't'::regclass"); got != "true2" {
			t.Errorf("indexes: %s", got)
		}
	})
}

// A value that does not fit the new type ends the run, names the row, and leaves the table alone.
func TestValueThatDoesNotFit(t *testing.T) {
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		for change, bad := range map[string]string{
			"ALTER TABLE t ALTER a TYPE smallint":                              "UPDATE t SET a = 100000 WHERE id = 4321",
			"ALTER TABLE t ALTER note TYPE varchar(5)":                         "UPDATE t SET note = 'much too long' WHERE id = 4321",
			"ALTER TABLE t ALTER note TYPE int USING substr(note, 2)::int":     "UPDATE t SET note = 'word' WHERE id = 4321",
			"ALTER TABLE t ADD CONSTRAINT u UNIQUE (a) INCLUDE (note)":         "UPDATE t SET a = 1 WHERE id = 4321",
			"ALTER TABLE t ALTER a TYPE bigint, ADD CONSTRAINT k CHECK (a >0)": "UPDATE t SET a = 0 WHERE id = 4321",
		} {
			t.Run(change, func(t *testing.T) {
				exec(t, db.pool, trapTable, bad)
				before := value(t, db.pool, sumOfT)
				p := planOf(t, db, change)
				_, err := executor.Run(context.WithoutCancel(t.Context()), db, p, executor.Options{})
				if err == nil || !strings.Contains(fmt.Sprint(err), "4321") && !strings.Contains(change, "UNIQUE") {
					t.Errorf("the run gave %v", err)
				}
				if got := value(t, db.pool, sumOfT); got != before {
					t.Errorf("the table changed: %s, not %s", got, before)
				}
				if _, err := executor.Rollback(context.WithoutCancel(t.Context()), db, executor.ID(p), executor.Options{}); err != nil {
					t.Fatal(err)
				}
				nothingLeft(t, db.pool)
			})
		}
	})
}

// Filling a new column changes no row in the eyes of the application.
func TestFillingIsQuiet(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, trapTable, "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := 'touched'; RETURN NEW; END$$",
			"CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()")
		run(t, db, planOf(t, db, "ALTER TABLE t ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()"), executor.Options{})
		if got := value(t, db.pool, "SELECT concat_ws(' ', count(DISTINCT token), count(*) FILTER (WHERE note = 'touched')) FROM t"); got != "5000 0" {
			t.Errorf("the table has %s", got)
		}
	})
}

// What is there already, or gone already, is no drift when the statement says IF.
func TestNothingToDo(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, trapTable, "CREATE INDEX t_a ON t (a)", "ALTER TABLE t ADD CONSTRAINT k CHECK (id > -1000)")
		before := inspect(t, db)
		run(t, db, planOf(t, db, `CREATE TABLE IF NOT EXISTS t (x int); CREATE INDEX IF NOT EXISTS t_a ON t (a); CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);
			ALTER TABLE t ADD COLUMN IF NOT EXISTS a int; ALTER TABLE t DROP COLUMN IF EXISTS gone; DROP INDEX IF EXISTS gone; DROP INDEX CONCURRENTLY IF EXISTS gone;
			ALTER TABLE t DROP CONSTRAINT IF EXISTS gone; DROP TABLE IF EXISTS gone; ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER id SET NOT NULL`), executor.Options{})
		sameSchema(t, before, inspect(t, db))
	})
}

// What an event trigger writes for the clone on which a statement is tried would stay.
func TestProbeFiresNoEventTrigger(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, `
			CREATE TABLE t (id int PRIMARY KEY, n int);
			CREATE TABLE seen (tag text);
			CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO seen SELECT tg_tag; END$$;
			CREATE EVENT TRIGGER starts ON ddl_command_start EXECUTE FUNCTION note();
			CREATE EVENT TRIGGER drops ON sql_drop EXECUTE FUNCTION note();
			DELETE FROM seen`)
		for _, always := range []string{"", "ALTER EVENT TRIGGER starts ENABLE ALWAYS; DELETE FROM seen"} {
			if always != "" {
				exec(t, db.pool, always)
			}
			if _, err := tryPlan(t, db, "ALTER TABLE t ALTER n TYPE bigint"); err != nil {
				t.Fatal(err)
			}
			var seen string
			if err := db.pool.QueryRow("SELECT coalesce(string_agg(tag, ', '), '') FROM seen").Scan(&seen); err != nil || seen != "" {
				t.Errorf("fired for %s %v", seen, err)
			}
			var role string
			if err := db.pool.QueryRow("SHOW session_replication_role").Scan(&role); err != nil || role != "origin" {
				t.Errorf("the session is left as %s %v", role, err)
			}
		}
	})
}
