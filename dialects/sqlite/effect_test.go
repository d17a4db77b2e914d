package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/plan"
	"surefoot/schema"
)

// factCases are the rows of the table of facts, each with a statement that it is about.
var factCases = []struct {
	name, setup, sql string
	want             plan.Effect
}{
	{"add-column", "", "ALTER TABLE t ADD COLUMN x int", moment},
	{"add-column with a constant", "", "ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 5", moment},
	{"add-column with an expression", "", "ALTER TABLE t ADD COLUMN x text DEFAULT (datetime('now'))", rebuilds},
	{"add-column CURRENT_TIMESTAMP", "", "ALTER TABLE t ADD COLUMN x text DEFAULT CURRENT_TIMESTAMP", rebuilds},
	{"add-column unique", "", "ALTER TABLE t ADD COLUMN x text UNIQUE", rebuilds},
	{"add-column virtual", "", "ALTER TABLE t ADD COLUMN x int AS (a + 1)", moment},
	{"add-column virtual not null", "", "ALTER TABLE t ADD COLUMN x int AS (a + 1) NOT NULL", scans},
	{"add-column stored", "", "ALTER TABLE t ADD COLUMN x int AS (a + 1) STORED", rebuilds},
	{"add-column with a check", "", "ALTER TABLE t ADD COLUMN x int CHECK (x > 0)", scans},
	{"add-column with a foreign key", "", "ALTER TABLE t ADD COLUMN x int REFERENCES t (id)", moment},
	{"drop-column", "", "ALTER TABLE t DROP COLUMN c", losing(rewrites)},
	{"drop-column virtual", "ALTER TABLE t ADD COLUMN v int AS (a + 1)", "ALTER TABLE t DROP COLUMN v", losing(moment)},
	{"rename-column", "", "ALTER TABLE t RENAME COLUMN a TO b2", breaking(moment)},
	{"rename-table", "", "ALTER TABLE t RENAME TO t2", breaking(moment)},
	{"change-type int to bigint", "", "ALTER TABLE t ALTER a TYPE bigint", moment},
	{"change-type int to numeric", "", "ALTER TABLE t ALTER a TYPE numeric(10,2)", moment},
	{"change-type varchar to text", "", "ALTER TABLE t ALTER c TYPE text", moment},
	{"change-type int to text", "", "ALTER TABLE t ALTER a TYPE text", rebuilds},
	{"change-type numeric to real", "", "ALTER TABLE t ALTER d TYPE real", rebuilds},
	{"change-type collation", "", "ALTER TABLE t ALTER c TYPE text COLLATE NOCASE", rebuilds},
	{"set-not-null", "", "ALTER TABLE t ALTER d SET NOT NULL", scans},
	{"set-not-null with an index", "", "ALTER TABLE t ALTER a SET NOT NULL", moment},
	{"drop-not-null", "", "ALTER TABLE t ALTER c DROP NOT NULL", moment},
	{"set-default", "", "ALTER TABLE t ALTER a SET DEFAULT 7", rebuilds},
	{"set-default expression", "", "ALTER TABLE t ALTER a SET DEFAULT (random())", moment},
	{"drop-default", "", "ALTER TABLE t ALTER d DROP DEFAULT", rebuilds},
	{"add-index", "", "CREATE INDEX t_c ON t (c)", indexes},
	{"add-index partial", "", "CREATE UNIQUE INDEX t_c ON t (id, c) WHERE a > 10", indexes},
	{"drop-index", "", "DROP INDEX t_a", moment},
	{"add-check", "", "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0)", scans},
	{"add-foreign-key", "", "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t (id)", scans},
	{"add-unique", "", "ALTER TABLE t ADD UNIQUE (id, a)", rebuilds},
	{"add-primary-key", "CREATE TABLE u (a int NOT NULL, b text)", "ALTER TABLE u ADD PRIMARY KEY (a)", rebuilds},
	{"drop-constraint check", "", "ALTER TABLE t DROP CONSTRAINT chk", moment},
	{"drop-constraint unique", "", "ALTER TABLE t DROP CONSTRAINT uq", rebuilds},
	{"create-table", "", "CREATE TABLE n (a)", moment},
	{"drop-table", "", "DROP TABLE t", losing(moment)},
}

const factTable = `CREATE TABLE t (id INTEGER PRIMARY KEY, a int, c varchar(40) NOT NULL, d decimal(8,2) DEFAULT 1.5, e int,
 CONSTRAINT chk CHECK (id > 0), CONSTRAINT uq UNIQUE (e));
CREATE INDEX t_a ON t (a);`

// factRows fill a table so that a statement which touches all of them stands out.
const factRows = "INSERT INTO %s WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 20000) SELECT %s FROM r"

// The table, the probe, and what statements do to a real file's pages and to other sessions must agree.
func TestFacts(t *testing.T) {
	d := &Dialect{}
	var cases []conform.Fact
	for _, c := range factCases {
		setup := []string{factTable, fmt.Sprintf(factRows, "t", "n, n, 'value ' || n, n, n"), c.setup}
		if strings.Contains(c.setup, "TABLE u") {
			setup = append(setup, fmt.Sprintf(factRows, "u", "n, 'value ' || n"))
		}
		cases = append(cases, conform.Fact{Name: c.name, Setup: setup, SQL: c.sql, Want: d.locked(c.want), Measure: observe})
	}
	conform.Facts(t, engine, cases)
}

// observe runs the statement on a file with rows and looks at its pages and at what others can do.
func observe(t *testing.T, live conform.Database, n schema.Native, s *schema.Schema) plan.Effect {
	t.Helper()
	db, ok := live.(*Database)
	if !ok {
		t.Fatalf("%T is not ours", live)
	}
	ctx := t.Context()
	got := db.Effect(n, s) // what cannot be seen in pages and locks
	steps, err := db.Script(n, s)
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for _, st := range steps {
		statements = append(statements, st.SQL...)
	}
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discardConn(conn)
	if s.Table(n.Name) != nil {
		seen, err := measure(ctx, conn, n.Name.Table, statements)
		if err != nil {
			t.Fatal(err)
		}
		got.Rewrites, got.Scans, got.RebuildsIndexes = seen.rewrites, seen.scans, seen.indexes
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	for _, q := range statements {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	other, err := db.pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discardConn(other)
	var rows int
	if err := other.QueryRowContext(ctx, "SELECT count(*) FROM t").Scan(&rows); err != nil {
		t.Errorf("a reader is kept waiting or fails: %v", err)
	}
	if _, err := other.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		t.Fatal(err)
	}
	_, err = other.ExecContext(ctx, "UPDATE t SET e = e")
	if blocked := db.Fault(err) == plan.Busy; err == nil || !blocked {
		t.Errorf("a writer is not kept waiting: %v", err)
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	for _, st := range steps {
		var there int
		if err := db.pool.QueryRowContext(ctx, st.Proof).Scan(&there); err != nil || there == 0 {
			t.Errorf("the proof gives %d (%v) after the step: %s", there, err, st.Proof)
		}
	}
	var check string
	if err := db.pool.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity check: %s %v", check, err)
	}
	if _, err := db.pool.ExecContext(ctx, fmt.Sprintf("SELECT * FROM %s", quote("t"))); err != nil && n.Kind() != "rename-table" && n.Kind() != "drop-table" {
		t.Error(err)
	}
	return got
}
