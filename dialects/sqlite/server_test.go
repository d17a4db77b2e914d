package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

func TestOwnVersion(t *testing.T) {
	db := openTemp(t)
	if db.version != ownVersion {
		t.Errorf("the library says %s, the code %s", db.version, ownVersion)
	}
	for _, v := range []string{"3.50.0", "3.31.1", ""} {
		if _, err := New(v); err != nil {
			t.Error(err)
		}
	}
	for _, v := range []string{"3", "2.8.1", "3.x", "3.8.0"} {
		if _, err := New(v); err == nil {
			t.Errorf("version %q is accepted", v)
		}
	}
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"sqlite:" + filepath.Join(dir, "missing"): "no such file",
		"sqlite:" + text:  "file is not a database",
		"sqlite:":         "name a file",
		"sqlite::memory:": "name a file",
	} {
		_, err := Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "missing")); err == nil {
		t.Error("a file was made")
	}
}

// A lock belongs to a session: others are told who has it, and get it when the session ends.
func TestClaim(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (a)")
	other := reopen(t, db.path)
	first, second := session(t, db), session(t, other)
	names := []string{"surefoot:run", "surefoot-table:main.a", "surefoot-table:main.b", "surefoot-table:main.c", "surefoot:run:step"}
	for _, name := range names {
		if holder, err := db.Claim(t.Context(), first, name); err != nil || holder != "" {
			t.Fatalf("%s: %q %v", name, holder, err)
		}
		if holder, err := db.Claim(t.Context(), first, name); err != nil || holder != "" {
			t.Errorf("claimed twice in one session: %q %v", holder, err)
		}
		holder, err := other.Claim(t.Context(), second, name)
		if err != nil || !strings.Contains(holder, "process ") {
			t.Errorf("%s: the other session is told %q %v", name, holder, err)
		}
	}
	if _, err := other.pool.Exec("INSERT INTO t VALUES (1)"); err != nil {
		t.Errorf("the lock keeps the application from writing: %v", err)
	}
	discardConn(first)
	for _, name := range names {
		if holder, err := other.Claim(t.Context(), second, name); err != nil || holder != "" {
			t.Errorf("%s after the session's end: %q %v", name, holder, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if holder, err := other.Claim(t.Context(), session(t, other), names[0]); err != nil || holder == "" {
		t.Errorf("the lock is lost by another's end: %q %v", holder, err)
	}
	discardConn(second)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(db.path + "-surefoot*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func session(t *testing.T, db *Database) *sql.Conn {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { discardConn(conn) })
	return conn
}

func TestFault(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (a INT PRIMARY KEY NOT NULL, b TEXT CHECK (b <> 'x')) STRICT", "INSERT INTO t VALUES (1, 'a')")
	blocker := session(t, db)
	for _, tt := range []struct {
		before, sql string
		want        plan.Fault
	}{
		{"", "INSERT INTO t VALUES (1, 'b')", plan.Duplicate},
		{"", "INSERT INTO t VALUES (2, 'x')", plan.BadValue},
		{"", "INSERT INTO t VALUES (NULL, 'b')", plan.BadValue},
		{"", "INSERT INTO t VALUES ('word', 'b')", plan.BadValue},
		{"", "SELECT * FROM nowhere", plan.Missing},
		{"", "SELECT c FROM t", plan.Missing},
		{"", "SELEC 1", plan.Unreadable},
		{"BEGIN IMMEDIATE", "INSERT INTO t VALUES (2, 'b')", plan.Busy},
	} {
		if tt.before != "" {
			if _, err := blocker.ExecContext(t.Context(), tt.before); err != nil {
				t.Fatal(err)
			}
		}
		conn := session(t, db)
		if err := db.LockTimeout(t.Context(), conn, 10*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		_, err := conn.ExecContext(t.Context(), tt.sql)
		if got := db.Fault(err); got != tt.want || err == nil {
			t.Errorf("%s: %v is fault %d, want %d", tt.sql, err, got, tt.want)
		}
	}
	if who, err := db.Blockers(t.Context(), "t"); err != nil || who == "" {
		t.Errorf("blockers: %q %v", who, err)
	}
	full := session(t, reopen(t, openTemp(t, "CREATE TABLE t (a)").path))
	for _, q := range []string{"PRAGMA max_page_count = 3", "CREATE TABLE u (a)"} {
		if _, err := full.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := full.ExecContext(t.Context(), "INSERT INTO u SELECT zeroblob(100000)"); db.Fault(err) != plan.DiskFull {
		t.Errorf("a full disk: %v", err)
	}
}

func TestDoctor(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t_sf_old (a)")
	said := func(db *Database) string {
		t.Helper()
		found, err := db.Doctor(t.Context(), []schema.Name{{Schema: "main", Table: "t"}})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range found {
			out = append(out, string(a.Severity)+": "+a.What)
			if a.Remedy == "" {
				t.Errorf("%s has no remedy", a.What)
			}
		}
		return strings.Join(out, "\n")
	}
	if got := said(db); !strings.Contains(got, "warning: table t_sf_old is there") || strings.Contains(got, "WAL") {
		t.Errorf("doctor says:\n%s", got)
	}
	if _, err := db.pool.Exec("PRAGMA journal_mode = DELETE"); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, db.path)
	if got := said(again); !strings.Contains(got, "warning: the database is not in WAL mode") {
		t.Errorf("doctor says:\n%s", got)
	}
	e := again.Effect(schema.RenameTable{On: on("t"), To: "u"}, inspected(t, again))
	if e.Blocks != plan.BlocksAll || e.Lock != lockCommit {
		t.Errorf("without WAL: %+v", e)
	}
}

// What a copy cannot carry over, or cannot walk, is refused when it is planned, with the reason.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct{ schema, sql, want string }{
		{"CREATE TABLE t (a int, b int)", "ALTER TABLE t ALTER a TYPE text", "no primary key and no unique index over columns that are NOT NULL"},
		{"CREATE TABLE t (a text PRIMARY KEY, b int); INSERT INTO t VALUES (NULL, 1)", "ALTER TABLE t ALTER b TYPE text", "key column a may be NULL"},
		{"CREATE TABLE t (a int NOT NULL PRIMARY KEY, b int)", "ALTER TABLE t ALTER a TYPE text", "its new type or collation has another order"},
		{"CREATE TABLE t (a int NOT NULL PRIMARY KEY, b int)", "ALTER TABLE t ADD COLUMN c int NOT NULL", "the rows that are there would have no value"},
		{"CREATE VIRTUAL TABLE t USING fts5(a, b)", "ALTER TABLE t ALTER a TYPE text", "is a virtual table"},
		{"CREATE TABLE t (a INTEGER PRIMARY KEY, b int); CREATE UNIQUE INDEX i ON t (b) WHERE b > 1", "ALTER TABLE t DROP COLUMN b", "error in index i after drop column"},
	} {
		db := openTemp(t, tt.schema)
		_, err := planOf(db, tt.sql)
		var refusal *schema.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.sql, err, tt.want)
		}
	}
}

func planOf(db *Database, sql string) (*plan.Plan, error) {
	s, err := db.Inspect(context.Background())
	if err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		t.Stats = schema.Stats{}
	}
	statements, err := db.Parse("f.sql", sql, s)
	if err != nil {
		return nil, err
	}
	return planner.Build(statements, s, db, planner.Options{Mode: plan.Safe, Limits: planner.DefaultLimits()})
}

// A value that does not fit fails the run, names the row, and leaves the table as it was.
func TestValueThatDoesNotFit(t *testing.T) {
	for _, tt := range []struct{ schema, sql, want string }{
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT; INSERT INTO t VALUES (1, '12'), (2, 'word')", "ALTER TABLE t ALTER a TYPE INT", "row id=2"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL)", "ALTER TABLE t ALTER a SET NOT NULL", "in the row of t with id = 2"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, 5)", "ALTER TABLE t ADD UNIQUE (a)", "UNIQUE constraint failed"},
		{"CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a int); INSERT INTO t VALUES (7, 5)", "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id)", "row 7 of t refers to no row of p"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (9, -5)", "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "in the row of t with id = 9 it violates CHECK (a > 0)"},
	} {
		db := openTemp(t, tt.schema)
		before := inspected(t, db).Table(schema.Name{Table: "t"})
		p, err := planOf(db, tt.sql)
		if err != nil {
			t.Fatal(err)
		}
		out, err := executor.Run(t.Context(), db, p, executor.Options{Tries: 2})
		if err == nil || out.State != executor.Failed || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %s %v, want %q", tt.sql, out.State, err, tt.want)
		}
		if back, err := executor.Rollback(t.Context(), db, out.ID, executor.Options{}); err != nil || back.State != executor.RolledBack {
			t.Errorf("%s: roll back: %s %v", tt.sql, back.State, err)
		}
		if after := inspected(t, db).Table(schema.Name{Table: "t"}); after.Definition != before.Definition {
			t.Errorf("%s: the table was\n%s\nand is\n%s", tt.sql, before.Definition, after.Definition)
		}
	}
}

// A dropped column's values come back with a rollback, also in rows that were changed meanwhile.
func TestDroppedColumnComesBack(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, a text NOT NULL, b int UNIQUE); INSERT INTO t WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT n, 'a' || n, n FROM r")
	p, err := planOf(db, "ALTER TABLE t DROP COLUMN a")
	if err != nil {
		t.Fatal(err)
	}
	out, err := executor.Run(t.Context(), db, p, executor.Options{})
	for err == nil && out.State == executor.Held {
		out, err = executor.Continue(t.Context(), db, out.ID, executor.Options{})
	}
	if err != nil || out.State != executor.AfterCutOver {
		t.Fatalf("%s %v", out.State, err)
	}
	app := appPool(t, db.path)
	for _, q := range []string{"UPDATE t SET b = b + 1000 WHERE id <= 100", "DELETE FROM t WHERE id = 200", "UPDATE t SET id = id + 0"} {
		if _, err := app.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if out, err = executor.Rollback(t.Context(), db, out.ID, executor.Options{}); err != nil || out.State != executor.RolledBack {
		t.Fatalf("%s %v", out.State, err)
	}
	var rows, right int
	q := "SELECT count(*), sum(a = 'a' || id AND b = id + iif(id <= 100, 1000, 0)) FROM t"
	if err := app.QueryRow(q).Scan(&rows, &right); err != nil || rows != 499 || right != 499 {
		t.Errorf("%d rows, %d of them right: %v", rows, right, err)
	}
}
