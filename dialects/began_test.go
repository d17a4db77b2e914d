package dialects_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"surefoot/dialects"
	"surefoot/dialects/dialecttest/testserver"
	"surefoot/executor"
	"surefoot/planner"
)

// TestTimeOfACopyIsOneForAllRows: what the statement gives its rows as its time is one moment for all of them,
// also where a copy takes long and others write meanwhile.
func TestTimeOfACopyIsOneForAllRows(t *testing.T) {
	changes := map[string]string{
		"mysql": "ALTER TABLE t MODIFY a BIGINT, ADD COLUMN c1 DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD COLUMN c2 TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)," +
			" ADD COLUMN c3 DATETIME DEFAULT (NOW() + INTERVAL 1 DAY), ADD COLUMN c4 BIGINT DEFAULT (UNIX_TIMESTAMP()), ADD COLUMN c5 VARCHAR(40) DEFAULT (CONCAT('now()', UTC_TIMESTAMP, CURTIME()))",
		"postgres": "ALTER TABLE t ALTER a TYPE bigint, ADD COLUMN c1 timestamptz NOT NULL DEFAULT now(), ADD COLUMN c2 timestamp(0) DEFAULT localtimestamp(0), " +
			"ADD COLUMN c3 timestamptz DEFAULT pg_catalog.now() + interval '1 day', ADD COLUMN c4 text DEFAULT 'now()' || current_time(3), ALTER b TYPE timestamptz USING statement_timestamp(), ADD COLUMN c5 timestamptz DEFAULT ('now'::timestamptz)",
		"sqlite": `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c1 TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, c2 TEXT DEFAULT (datetime('now', '+1 day')),
			c3 INT DEFAULT (strftime('%s', 'NOW')), c4 TEXT DEFAULT ('now' || current_time || datetime()), c5 TEXT DEFAULT (unixepoch()));
			INSERT INTO t_new (id, a, b) SELECT id, a, 'now' || current_timestamp FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t`,
	}
	changes["mariadb"] = changes["mysql"]
	for engine, change := range changes {
		t.Run(engine, func(t *testing.T) {
			url, rows := "", "WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 900) SELECT n, n, NULL FROM g"
			if engine == "sqlite" {
				path := filepath.Join(t.TempDir(), "live.db")
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				url = "sqlite:" + path
			} else {
				url = testserver.Shared(t, engine, testserver.Versions(engine)[0]).Database(t)
			}
			db, err := dialects.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			do := func(query string) {
				t.Helper()
				if _, err := db.Pool().ExecContext(t.Context(), query); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
			do("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b " + map[bool]string{true: "timestamptz", false: "TEXT"}[engine == "postgres"] + ")")
			do("INSERT INTO t " + rows)
			have, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			statements, err := db.Parse("change.sql", change, have)
			if err != nil {
				t.Fatal(err)
			}
			p, err := planner.Build(statements, have, db, planner.Options{Limits: planner.Limits{MaxBlockMS: 0, LargeRows: 1, LargeBytes: 1}})
			if err != nil {
				t.Fatal(err)
			}
			waited := 0
			out, err := executor.Run(t.Context(), db, p, executor.Options{ChunkTime: time.Millisecond, Trip: func(point string) {
				if strings.HasSuffix(point, ":checkpoint") && waited < 2 {
					waited++
					time.Sleep(1100 * time.Millisecond)
					do("UPDATE t SET a = 7 WHERE id IN (3, 898)")
				}
			}})
			if err != nil || out.State != executor.AfterSwap || waited < 2 {
				t.Fatalf("%s after %d waits: %v", out.State, waited, err)
			}
			for _, column := range []string{"c1", "c2", "c3", "c4", "c5", "b"} {
				var many, null int
				err := db.Pool().QueryRowContext(t.Context(), "SELECT COUNT(DISTINCT "+column+"), SUM(CASE WHEN "+column+" IS NULL THEN 1 ELSE 0 END) FROM t").Scan(&many, &null)
				want := 1
				if column == "b" && (engine == "mysql" || engine == "mariadb") {
					want, null = 0, 0
				}
				if err != nil || many != want || null != 0 {
					t.Errorf("column %s has %d values, and %d times NULL: %v", column, many, null, err)
				}
			}
			var text string
			if err := db.Pool().QueryRowContext(t.Context(), "SELECT "+map[string]string{"mysql": "c5", "mariadb": "c5", "postgres": "c4", "sqlite": "c4"}[engine]+" FROM t WHERE id = 1").Scan(&text); err != nil || !strings.HasPrefix(text, "now") {
				t.Errorf("a text in quotes became %q: %v", text, err)
			}
		})
	}
}
