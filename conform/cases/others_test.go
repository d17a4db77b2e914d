package cases

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/conform/servers"
)

// other is what somebody else does to the table during a run, how it is taken back, and a word of what
// the program says of it.
type other struct{ name, does, undoes, says string }

var onPostgres = []other{
	{"revoke", "revoke select on t from bugpg_x", "grant select on t to bugpg_x", "grant: was SELECT to bugpg_x, is gone"},
	{"column-grant", "grant update (w) on t to bugpg_x", "revoke update (w) on t from bugpg_x", "grant on column w: is new, UPDATE to bugpg_x"},
	{"policy", "alter policy p on t using (id > 5000)", "alter policy p on t using (id > 0)", "policy p: was"},
	{"new-policy", "create policy p2 on t as restrictive using (x < 50)", "drop policy p2 on t", "policy p2: is new"},
	{"type", "alter table t alter x type bigint", "alter table t alter x type int", "column x: was integer"},
	{"not-null", "alter table t alter x set not null", "alter table t alter x drop not null", "column x: was integer"},
	{"default", "alter table t alter w set default 'b'", "alter table t alter w set default 'a'", "column w: was text default 'a'"},
	{"owner", "alter table t owner to bugpg_x", "alter table t owner to postgres", "owner: was postgres, is bugpg_x"},
	{"row-security", "alter table t disable row level security", "alter table t enable row level security", "row level security: was on, is gone"},
	{"index", "drop index t_w; create index t_w on t(w, x)", "drop index t_w; create index t_w on t(w)", "index t_w: was"},
	{"new-index", "create index t_x on t(x)", "drop index t_x", "index t_x: is new"},
	{"publication", "create publication q for table t", "drop publication q", "publication q: is new"},
	{"comment", "comment on column t.w is 'theirs'", "comment on column t.w is null", "comment 'theirs'"},
	{"statistics", "alter table t alter w set statistics 500", "alter table t alter w set statistics -1", "statistics 500"},
	{"option", "alter table t set (fillfactor = 50)", "alter table t reset (fillfactor)", "option fillfactor: is new, 50"},
	{
		"trigger", "create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger theirs before update on t for each row execute function f()",
		"drop trigger theirs on t; drop function f", "trigger theirs: is new",
	},
	{"view", "create view vw as select id from t", "drop view vw", "view public.vw: is new"},
	{"child", "create table kid(t int constraint kfk references t)", "drop table kid", "foreign key kfk of public.kid: is new"},
}

var onMySQL = []other{
	{"type", "ALTER TABLE t MODIFY x BIGINT", "ALTER TABLE t MODIFY x INT", "column x: was int"},
	{"default", "ALTER TABLE t ALTER w SET DEFAULT 'b'", "ALTER TABLE t ALTER w SET DEFAULT 'a'", "column w: was varchar(20)"},
	{"not-null", "ALTER TABLE t MODIFY x INT NOT NULL", "ALTER TABLE t MODIFY x INT", "column x: was int"},
	{"column", "ALTER TABLE t ADD y INT", "ALTER TABLE t DROP y", "column y: is new, int"},
	{"index", "DROP INDEX t_w ON t; CREATE INDEX t_w ON t (w, x)", "DROP INDEX t_w ON t; CREATE INDEX t_w ON t (w)", "index t_w: was BTREE (w), is BTREE (w, x)"},
	{"new-index", "CREATE INDEX t_x ON t (x)", "DROP INDEX t_x ON t", "index t_x: is new"},
	{"trigger", "CREATE TRIGGER theirs BEFORE UPDATE ON t FOR EACH ROW SET @x = 1", "DROP TRIGGER theirs", "trigger theirs: is new"},
	{"comment", "ALTER TABLE t COMMENT 'theirs'", "ALTER TABLE t COMMENT ''", "comment: is new, theirs"},
	{"option", "ALTER TABLE t STATS_PERSISTENT=1", "ALTER TABLE t STATS_PERSISTENT=DEFAULT", "options: is new"},
	{"check", "ALTER TABLE t ADD CONSTRAINT c2 CHECK (x < 100000)", "ALTER TABLE t DROP CONSTRAINT c2", "check c2"},
	{"child", "CREATE TABLE kid (t INT, CONSTRAINT kfk FOREIGN KEY (t) REFERENCES t (id))", "DROP TABLE kid", "foreign key kfk of "},
}

var onSQLite = []other{
	{"column", "ALTER TABLE t ADD y INT", "ALTER TABLE t DROP y", "table: was CREATE TABLE t"},
	{"index", "DROP INDEX t_w; CREATE INDEX t_w ON t (w, x)", "DROP INDEX t_w; CREATE INDEX t_w ON t (w)", "index t_w: was"},
	{"new-index", "CREATE INDEX t_x ON t (x)", "DROP INDEX t_x", "index t_x: is new"},
	{"trigger", "CREATE TRIGGER theirs AFTER UPDATE ON t BEGIN SELECT 1; END", "DROP TRIGGER theirs", "trigger theirs: is new"},
	{"view", "CREATE VIEW vw AS SELECT id FROM t", "DROP VIEW vw", "view vw: is new"},
}

// TestOthersChangesMeanwhile: what somebody else changes during a run is never undone. The cut-over
// stops with the exit code for drift and says what it is; a rollback leaves it, and once it is taken
// back the run goes on. A rollback after the cut-over is refused just so.
func TestOthersChangesMeanwhile(t *testing.T) {
	if !servers.Everything() {
		t.Skip("it takes minutes: make test-all runs it")
	}
	c := readCase(t, "postgres", filepath.Join(folder, byHand+".sql")).trial
	c.setup = strings.ReplaceAll(c.setup, "create role bugpg_x;",
		"do $$ begin create role bugpg_x; exception when duplicate_object or unique_violation then end $$;")
	others(t, c, "postgres", onPostgres)
	m := trial{
		setup: "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, w VARCHAR(20) DEFAULT 'a', x INT);\nCREATE INDEX t_w ON t (w);\n" +
			"INSERT INTO t VALUES (1, 1, 'w1', 1), (2, 2, 'w2', 2), (3, 3, 'w3', 3);",
		change: "ALTER TABLE t MODIFY v BIGINT", native: "ALTER TABLE t MODIFY v BIGINT",
	}
	others(t, m, "mysql", onMySQL)
	others(t, m, "mariadb", onMySQL)
	// A table of a few rows is rebuilt as quickly as it is swapped.
	m.setup = "CREATE TABLE t (id INTEGER PRIMARY KEY, v INT, w TEXT DEFAULT 'a', x INT);\nCREATE INDEX t_w ON t (w);\n" +
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i, i, 'w' || i, i FROM n;"
	m.change = "ALTER TABLE t ALTER COLUMN v TYPE TEXT"
	others(t, m, "sqlite", onSQLite)
}

func others(t *testing.T, x trial, engine string, all []other) {
	x.copies = true
	for _, on := range targets(engine) {
		for _, o := range all {
			t.Run(on.name+"/"+o.name, func(t *testing.T) {
				t.Parallel()
				x.meddledWith(t, on, o)
			})
		}
	}
}

// meddledWith lets somebody change a table while a run of it is held, and after its cut-over.
func (x trial) meddledWith(t *testing.T, on target, o other) {
	t.Helper()
	live, theirs := on.fresh(t, ""), on.fresh(t, "")
	live.exec(x.setup)
	theirs.exec(strings.TrimRight(x.setup, "; \n") + ";" + o.does)
	s := &session{trial: x, db: live, load: newWriter(x, live), dir: t.TempDir()}
	ends := func(want int, args ...string) {
		t.Helper()
		if code := s.command(t, args...); code != want {
			t.Fatalf("%s ends with %d, not %d\n%s", args[0], code, want, s.log.String())
		}
	}
	stops := func(why string, args ...string) {
		t.Helper()
		before := s.log.Len()
		ends(4, args...)
		for _, w := range []string{o.says, why} {
			if text := s.log.String()[before:]; !strings.Contains(text, w) {
				t.Fatalf("%q is not said\n%s", w, text)
			}
		}
	}
	as := func(want *database, what string) {
		t.Helper()
		if diff := cmp.Diff(strings.Split(want.state(), "\n"), strings.Split(live.state(), "\n")); diff != "" {
			t.Fatalf("%s (-want +got):\n%s%s", what, diff, s.log.String())
		}
	}
	run := []string{"run", "--yes", "--rehearse=false", "--hold", "cut-over", "--sql", x.change}
	ends(3, run...)
	live.exec(o.does)
	stops("while it was copied", "continue")
	ends(0, "rollback")
	as(theirs, "not as the other left it")
	live.exec(o.undoes)

	ends(3, run...)
	live.exec(o.does)
	stops("while it was copied", "continue")
	live.exec(o.undoes)
	ends(0, "continue")
	live.exec(o.does)
	stops("going back would lose that", "rollback")
	live.exec(o.undoes)
	ends(0, "rollback")
	live.exec(o.does)
	as(theirs, "not as it was before")
}
