package dialects_test

import (
	"strings"
	"testing"
	"time"

	"surefoot/dialects"
	"surefoot/executor"
	"surefoot/planner"
)

// timed is a change whose new values are of the statement's time.
type timed struct {
	change  string
	columns []string // those that get one value in all rows
	says    string   // an expression whose text begins so; empty: it begins otherwise
}

// TestTimeOfACopyIsOneForAllRows: what the statement gives its rows as its time is one moment for all of them,
// also where a copy takes long and others write meanwhile.
func TestTimeOfACopyIsOneForAllRows(t *testing.T) {
	beside := timed{
		change: "ALTER TABLE t MODIFY a BIGINT, ADD COLUMN c1 DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD COLUMN c2 TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)," +
			" ADD COLUMN c3 DATETIME DEFAULT (NOW() + INTERVAL 1 DAY), ADD COLUMN c4 BIGINT DEFAULT (UNIX_TIMESTAMP()), ADD COLUMN c5 VARCHAR(40) DEFAULT (CONCAT('now()', UTC_TIMESTAMP, CURTIME()))",
		columns: []string{"c1", "c2", "c3", "c4", "c5"}, says: "c5",
	}
	alone := timed{change: "ALTER TABLE t ADD COLUMN c DATETIME DEFAULT (NOW() + INTERVAL 1 DAY)", columns: []string{"c"}}
	for engine, changes := range map[string][]timed{
		"mysql": {beside, alone}, "mariadb": {beside}, // which adds the other without looking at a row
		"postgres": {{
			change: "ALTER TABLE t ALTER a TYPE bigint, ADD COLUMN c1 timestamptz NOT NULL DEFAULT now(), ADD COLUMN c2 timestamp(0) DEFAULT localtimestamp(0), " +
				"ADD COLUMN c3 timestamptz DEFAULT pg_catalog.now() + interval '1 day', ADD COLUMN c4 text DEFAULT 'now()' || current_time(3), ALTER b TYPE timestamptz USING statement_timestamp(), ADD COLUMN c5 timestamptz DEFAULT ('now'::timestamptz)",
			columns: []string{"c1", "c2", "c3", "c4", "c5", "b"}, says: "c4",
		}, { // the server writes each row for its chance
			change:  "ALTER TABLE t ADD COLUMN c timestamptz DEFAULT now() + (random() * 0) * interval '1 day'",
			columns: []string{"c"},
		}},
		"sqlite": {{
			change: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c1 TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, c2 TEXT DEFAULT (datetime('now', '+1 day')),
				c3 INT DEFAULT (strftime('%s', 'NOW')), c4 TEXT DEFAULT ('now' || current_time || datetime() || strftime('%s') || substr(random(), 1, 0)), c5 TEXT DEFAULT (unixepoch()));
				INSERT INTO t_new (id, a, b) SELECT id, a, 'now' || current_timestamp FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t`,
			columns: []string{"c1", "c2", "c3", "c4", "c5", "b"}, says: "c4",
		}, {
			change: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
				INSERT INTO t_new (id, a, b) SELECT id, a, b FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t`,
			columns: []string{"c"},
		}},
	} {
		for _, c := range changes {
			t.Run(engine+"/"+c.columns[0], func(t *testing.T) {
				db := anEmpty(t, engine)
				c.run(t, db)
				c.look(t, db)
			})
		}
	}
}

// run carries the change out with a copy that takes seconds.
func (c timed) run(t *testing.T, db dialects.Database) {
	t.Helper()
	do := func(query string) {
		t.Helper()
		if _, err := db.Pool().ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	kind := "TEXT"
	if strings.Contains(c.change, "ALTER b TYPE timestamptz") {
		kind = "timestamptz"
	}
	do("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b " + kind + ")")
	do("INSERT INTO t WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 900) SELECT n + 900 * d, n, NULL FROM g CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) AS x")
	have, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	statements, err := db.Parse("change.sql", c.change, have)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(statements, have, db, planner.Options{Limits: planner.Limits{MaxBlockMS: 0, LargeRows: 1, LargeBytes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	waited := 0
	out, err := executor.Run(t.Context(), db, p, executor.Options{ChunkTime: time.Millisecond, Failpoint: func(point string) {
		if strings.HasSuffix(point, ":checkpoint") && waited < 2 {
			waited++
			time.Sleep(1100 * time.Millisecond)
			do("UPDATE t SET a = 7 WHERE id IN (3, 6200)")
		}
	}})
	if err != nil || out.State != executor.AfterCutOver || waited < 2 {
		t.Fatalf("%s after %d waits: %v", out.State, waited, err)
	}
}

func (c timed) look(t *testing.T, db dialects.Database) {
	t.Helper()
	for _, column := range c.columns {
		var many, null int
		err := db.Pool().QueryRowContext(t.Context(), "SELECT COUNT(DISTINCT "+column+"), SUM(CASE WHEN "+column+" IS NULL THEN 1 ELSE 0 END) FROM t").Scan(&many, &null)
		if err != nil || many != 1 || null != 0 {
			t.Errorf("column %s has %d values, and %d times NULL: %v", column, many, null, err)
		}
	}
	if c.says == "" {
		return
	}
	var text string
	if err := db.Pool().QueryRowContext(t.Context(), "SELECT "+c.says+" FROM t WHERE id = 1").Scan(&text); err != nil || !strings.HasPrefix(text, "now") {
		t.Errorf("a text in quotes became %q: %v", text, err)
	}
}
