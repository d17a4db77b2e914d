package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"surefoot/conform"
	"surefoot/load"
)

var engine = conform.Engine{
	Name: "sqlite",
	URL:  func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
	Open: func(ctx context.Context, url string) (conform.Database, error) { return Open(ctx, url) },
	Leftovers: func(ctx context.Context, db *sql.DB) ([]string, error) {
		var out []string
		err := each(ctx, db, "SELECT type || ' ' || name FROM sqlite_schema WHERE name LIKE '%\\_sf\\_%' ESCAPE '\\'", func(rows *sql.Rows) error {
			var s string
			err := rows.Scan(&s)
			out = append(out, s)
			return err
		})
		return out, err
	},
}

func TestMain(m *testing.M) {
	conform.Victim(engine)
	os.Exit(m.Run())
}

const makeT = `CREATE TABLE t (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key
  p int REFERENCES parent(id) ON DELETE CASCADE,
  a int DEFAULT 3, /* a number */
  c varchar(20) COLLATE NOCASE NOT NULL,
  d numeric(8,2),
  "odd ""name" text,
  g text AS (upper(c)) STORED,
  CONSTRAINT positive CHECK (id > 0)
)`

var fullTable = []string{
	"CREATE TABLE parent (id INTEGER PRIMARY KEY)", "INSERT INTO parent VALUES (1), (2), (3)", makeT,
	"CREATE INDEX t_a ON t (a)", "CREATE UNIQUE INDEX t_c ON t (c, lower(d)) WHERE c <> ''",
	"CREATE TABLE child (t int REFERENCES t(id), note text)", "CREATE TABLE audit (what text)",
	"CREATE TRIGGER t_audit AFTER UPDATE OF a ON t BEGIN INSERT INTO audit VALUES (NEW.c); END",
	"CREATE TRIGGER child_touch AFTER INSERT ON child BEGIN UPDATE t SET a = a + 1 WHERE id = NEW.t; END",
	"CREATE VIEW v AS SELECT id, a FROM t WHERE a > 1",
	"INSERT INTO t (p, a, c, d) WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3000)" +
		" SELECT iif(n % 4, n % 4, NULL), n % 50, 'Code ' || n, CASE n % 3 WHEN 0 THEN n WHEN 1 THEN n + 0.25 END FROM r",
	"DELETE FROM t WHERE id > 2990", "INSERT INTO child VALUES (5, 'x')",
}

func TestChanges(t *testing.T) {
	conform.Changes(t, engine, []conform.Change{
		{Name: "int to bigint", Setup: fullTable, SQL: "ALTER TABLE t ALTER a TYPE bigint"},
		{Name: "int to text", Setup: fullTable, SQL: "ALTER TABLE t ALTER a TYPE text", Copies: true},
		{Name: "numeric to real", Setup: fullTable, SQL: "ALTER TABLE t ALTER d TYPE real", Copies: true},
		{Name: "using", Setup: fullTable, SQL: "ALTER TABLE t ALTER a TYPE text USING 'n' || a", Copies: true},
		{Name: "collation", Setup: fullTable, SQL: "ALTER TABLE t ALTER c TYPE text COLLATE RTRIM", Copies: true},
		{Name: "several", Setup: fullTable, SQL: "ALTER TABLE t ALTER a TYPE text, ADD CONSTRAINT short CHECK (length(c) < 30), ALTER d SET DEFAULT 0", Copies: true},
		{Name: "set not null", Setup: append(fullTable[:len(fullTable):len(fullTable)], "UPDATE t SET d = 0 WHERE d IS NULL"), SQL: "ALTER TABLE t ALTER d SET NOT NULL"},
		{Name: "drop not null", Setup: fullTable, SQL: "ALTER TABLE t ALTER c DROP NOT NULL"},
		{Name: "defaults", Setup: fullTable, SQL: "ALTER TABLE t ALTER a DROP DEFAULT; ALTER TABLE t ALTER d SET DEFAULT (1.5)", Copies: true},
		{Name: "add column", Setup: fullTable, SQL: "ALTER TABLE t ADD COLUMN n text"},
		{Name: "add column with an expression", Setup: fullTable, SQL: "ALTER TABLE t ADD COLUMN n text DEFAULT (lower('X'))"},
		{Name: "add stored column", Setup: fullTable, SQL: "ALTER TABLE t ADD COLUMN n text AS (a + 1) STORED", Copies: true},
		{Name: "drop column", Setup: fullTable, SQL: "ALTER TABLE t DROP COLUMN p", Copies: true},
		{Name: "rename column", Setup: fullTable, SQL: "ALTER TABLE t RENAME COLUMN a TO b"},
		{Name: "rename table", Setup: fullTable, SQL: "ALTER TABLE t RENAME TO t2", Table: "t2", Was: "t"},
		{Name: "add index", Setup: fullTable, SQL: "CREATE INDEX t_d ON t (d)", Copies: true},
		{Name: "drop index", Setup: fullTable, SQL: "DROP INDEX t_a"},
		{Name: "add check", Setup: fullTable, SQL: "ALTER TABLE t ADD CONSTRAINT k CHECK (a < 100)"},
		{Name: "add foreign key", Setup: fullTable, SQL: "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES parent (id)"},
		{Name: "add unique", Setup: fullTable, SQL: "ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, a)", Copies: true},
		{Name: "drop check", Setup: fullTable, SQL: "ALTER TABLE t DROP CONSTRAINT positive"},
	})
}

func TestLive(t *testing.T) {
	change := "ALTER TABLE live ALTER price TYPE real"
	conform.Live(t, engine, []conform.LiveCase{
		{Name: "integer key", Shape: load.Int, Rows: 40_000, Rate: 300, SQL: change},
		{Name: "text key", Shape: load.Text, Rows: 40_000, Rate: 300, SQL: change, Kills: 4},
		{Name: "blob key rolled back", Shape: load.UUID, Rows: 40_000, Rate: 300, SQL: change, Rollback: true, Kills: 2},
	})
}
