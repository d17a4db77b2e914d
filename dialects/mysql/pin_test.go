package mysql

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// pins are changes whose statements want more than their clauses do by themselves, or that the server
// refuses whatever the rows are. Nothing is rehearsed here: what the server was asked must be enough.
var pins = []struct {
	name    string
	not     Flavor // +1; 0: it is for both
	setup   string
	change  string
	refused string // part of the reason
}{
	{
		"an index over an expression of a table in partitions", MariaDB + 1,
		"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), KEY f ((lower(a)))) PARTITION BY HASH (id) PARTITIONS 2; INSERT INTO t (id, a) VALUES (1, 'A'), (2, 'b')",
		"DROP INDEX f ON t", "",
	},
	{
		"an index over an expression goes with other clauses", MariaDB + 1,
		"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), KEY f ((lower(a)))); INSERT INTO t (id, a) VALUES (1, 'A'), (2, 'b')",
		"ALTER TABLE t COMMENT 'x'; ALTER TABLE t DROP INDEX f, ADD COLUMN z INT", "",
	},
	{
		"a virtual column comes and another goes", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, KEY v (v)); INSERT INTO t (id, a) VALUES (1, 1), (2, 2)",
		"ALTER TABLE t ADD COLUMN z INT; ALTER TABLE t ADD COLUMN w BIGINT AS (a + 2) VIRTUAL, ADD INDEX w (w), MODIFY a BIGINT", "",
	},
	{
		"a virtual column goes with an index that keeps other columns", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, KEY v (v, id)); INSERT INTO t (id, a) VALUES (1, 1), (2, 2)",
		"ALTER TABLE t ADD COLUMN z INT, DROP COLUMN v", "",
	},
	{
		"a foreign key that changes its own rows", 0,
		"CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); CREATE TABLE t (id INT PRIMARY KEY, a INT, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET NULL); INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)",
		"ALTER TABLE t ADD INDEX a (a); ALTER TABLE t MODIFY a BIGINT, ADD COLUMN z INT NOT NULL FIRST", "",
	},
	{
		"comments and defaults of four bytes", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b INT COMMENT '四 𝄞') CHARSET utf8mb4; INSERT INTO t VALUES (1, '𝄞', 1)",
		"ALTER TABLE t MODIFY a VARCHAR(20) COMMENT '𝄞 🎼'; ALTER TABLE t ALTER COLUMN a SET DEFAULT '🎼'; ALTER TABLE t MODIFY b INT COMMENT '四 𝄞' FIRST", "",
	},
	{
		"a check over the counter", MariaDB + 1,
		"CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT)",
		"ALTER TABLE t ADD COLUMN z INT; ALTER TABLE t ADD CONSTRAINT c CHECK (id IS NOT NULL)", "the server refuses it: Error 3818",
	},
	{
		"a column of a table that had a FULLTEXT key", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), FULLTEXT KEY f (b)); INSERT INTO t VALUES (1, 1, 'x'); ALTER TABLE t DROP KEY f",
		"ALTER TABLE t ADD COLUMN z INT; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN y INT FIRST", "",
	},
	{
		"NULL becomes a value, as the script's sql_mode wants", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20)); INSERT INTO t VALUES (1, 1, NULL)",
		"SET SESSION sql_mode = ''; ALTER TABLE t MODIFY b VARCHAR(20) NOT NULL", "",
	},
	{
		"a column beside a FULLTEXT key that goes", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), FULLTEXT KEY f (b)); INSERT INTO t VALUES (1, 1, 'x')",
		"ALTER TABLE t DROP KEY f; ALTER TABLE t ADD COLUMN z INT", "",
	},
	{
		"compressed columns", MySQL + 1,
		"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(100), b TEXT COMPRESSED, c TEXT COMPRESSED); INSERT INTO t VALUES (1, 'x', 'y', 'z')",
		"ALTER TABLE t MODIFY a VARCHAR(200) COMPRESSED; ALTER TABLE t MODIFY b LONGTEXT COMPRESSED; ALTER TABLE t MODIFY c TEXT; ALTER TABLE t MODIFY c TEXT COMPRESSED", "",
	},
	{
		"a virtual column becomes an ordinary one", MySQL + 1,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL); INSERT INTO t (id, a) VALUES (1, 1)",
		"ALTER TABLE t ADD INDEX a (a); ALTER TABLE t MODIFY v INT NULL", "the server refuses it: Error 1907",
	},
	{
		"a column that is there by then", 0,
		"CREATE TABLE t (id INT PRIMARY KEY, a INT)",
		"ALTER TABLE t ADD COLUMN z INT; ALTER TABLE t ADD INDEX q (z), ADD INDEX w (nowhere)", "nowhere",
	},
}

// TestPins plans with the server's answers about each statement and each piece, and runs the steps.
func TestPins(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		for i, c := range pins {
			for j, limits := range []planner.Limits{planner.DefaultLimits(), {MaxBlockMS: 1, LargeRows: 1, LargeBytes: 1}} {
				t.Run(c.name+[]string{"", ", large"}[j], func(t *testing.T) {
					db := openTest(t, another(t, url, 4*i+2*j))
					if c.not > 0 && db.flavor == c.not-1 {
						t.Skip("not a statement of this server")
					}
					native := openTest(t, another(t, url, 4*i+2*j+1))
					for _, d := range []*Database{db, native} {
						execute(t, d, strings.Split(c.setup, "; ")...)
					}
					p, err := asked(t, db, c.change, limits)
					var refusal *schema.Refusal
					switch {
					case c.refused != "":
						if err == nil || !strings.Contains(err.Error(), c.refused) {
							t.Errorf("not refused with %q: %v", c.refused, err)
						}
						return
					case errors.As(err, &refusal) && j == 1:
						t.Skip("it cannot be copied:", err)
					case err != nil:
						t.Fatal(err)
					}
					likeness{}.run(t, db, p, nil)
					inOneSession(t, native, strings.Split(c.change, "; ")...)
					if diff := cmp.Diff(shown(t, native), shown(t, db)); diff != "" {
						t.Errorf("definition (-native +ours):\n%s", diff)
					}
					if diff := cmp.Diff(hexRows(t, native), hexRows(t, db)); diff != "" {
						t.Errorf("rows (-native +ours):\n%s", diff)
					}
					nothingLeft(t, db.pool)
				})
			}
		}
	})
}

// inOneSession runs statements of which one may set what holds for the next.
func inOneSession(t *testing.T, db *Database, statements ...string) {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // that is its error
	if err := runAll(t.Context(), conn, statements); err != nil {
		t.Fatal(err)
	}
}

// TestRowVersions: a table may be changed INSTANT only so often; the last of it is one statement away.
func TestRowVersions(t *testing.T) {
	if !servers.Everything() {
		t.Skip("make test-all: hundreds of statements make the table")
	}
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t (id) VALUES (1)")
		for i := range 254 {
			execute(t, db, fmt.Sprintf("ALTER TABLE t ADD COLUMN c%d INT", i))
		}
		p, err := asked(t, db, "ALTER TABLE t ADD COLUMN x INT; ALTER TABLE t ADD COLUMN y INT; ALTER TABLE t DROP COLUMN c3", planner.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		likeness{}.run(t, db, p, nil)
	})
}

// asked plans statements with what the server says of them.
func asked(t *testing.T, db *Database, change string, limits planner.Limits) (*plan.Plan, error) {
	t.Helper()
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := db.Parse("", strings.ReplaceAll(change, "; ", ";\n"), s)
	if err != nil {
		return nil, err
	}
	return planner.Build(stmts, s, db.Dialect, planner.Options{
		Limits: limits,
		Probe:  func(n schema.Native, s *schema.Schema) (plan.Effect, error) { return db.Probe(t.Context(), n, s) },
	})
}

// taken are statements that are taken back one by one, as they are in a window.
var taken = []struct{ name, create, change string }{
	{
		"a dropped index of a renamed column, and columns to their places",
		"CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT, d INT, KEY ab (a, b(3)), UNIQUE KEY u (a DESC))",
		"ALTER TABLE t RENAME COLUMN a TO z; DROP INDEX ab ON t; ALTER TABLE t DROP INDEX u, MODIFY c BIGINT AFTER id, MODIFY d BIGINT FIRST, MODIFY b VARCHAR(30) FIRST",
	},
	{
		"columns with checks of their own",
		"CREATE TABLE t (id INT PRIMARY KEY, j JSON NOT NULL, v VARCHAR(20) CHECK (v <> 'x'))",
		"ALTER TABLE t MODIFY j LONGTEXT NULL COMMENT 'b' AFTER v; ALTER TABLE t MODIFY v VARCHAR(70)",
	},
	{
		"defaults that the catalog does not tell apart",
		"CREATE TABLE t (id INT PRIMARY KEY, o INT, n INT NOT NULL, g BIGINT AS (o + 1) VIRTUAL, d INT DEFAULT 3, e TEXT)",
		"ALTER TABLE t ALTER o DROP DEFAULT; ALTER TABLE t ALTER n DROP DEFAULT; ALTER TABLE t ALTER g DROP DEFAULT; ALTER TABLE t ALTER d SET DEFAULT 3; ALTER TABLE t ALTER o SET DEFAULT NULL",
	},
	{
		"a default beside ON UPDATE, and members in other letters and in another order",
		"CREATE TABLE t (id INT PRIMARY KEY, b TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, c DATETIME DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP, e ENUM('x','y') DEFAULT 'y', j SET('a','b'))",
		"ALTER TABLE t ALTER b DROP DEFAULT; ALTER TABLE t ALTER c DROP DEFAULT; ALTER TABLE t ALTER j SET DEFAULT 'b,a'; ALTER TABLE t ALTER j SET DEFAULT 'a,b'; ALTER TABLE t ALTER j SET DEFAULT 'a,a'; ALTER TABLE t ALTER e SET DEFAULT 'X'",
	},
	{
		"forward: checks without names beside one that goes, and beside another",
		"CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20), c INT, CONSTRAINT cc CHECK (c > 0), CHECK (c < 99))",
		"ALTER TABLE t DROP CONSTRAINT cc, ADD CHECK (b <> ''); ALTER TABLE t ADD d INT DEFAULT 3 CHECK (d > 0), ADD CHECK (d < 9); ALTER TABLE t ADD CONSTRAINT UNIQUE KEY uu (b)",
	},
	{
		"MariaDB: a column that is stated again with its check",
		"CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5) CHECK (a <> ''), b INT)",
		"ALTER TABLE t MODIFY a VARCHAR(10) CHECK (a <> '')",
	},
	{
		"what was set for the statement holds for its way back",
		"CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY a (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)); SET foreign_key_checks = 0; INSERT INTO t VALUES (1, 5); SET foreign_key_checks = 1",
		"SET foreign_key_checks = 0; ALTER TABLE t DROP FOREIGN KEY f",
	},
}

func TestTakenBack(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		for i, c := range taken {
			t.Run(c.name, func(t *testing.T) {
				db, native := openTest(t, another(t, url, 2*i)), openTest(t, another(t, url, 2*i+1))
				if strings.HasPrefix(c.name, "MariaDB: ") && !db.maria() {
					return
				}
				execute(t, db, c.create)
				execute(t, native, c.create, c.change)
				before := shown(t, db)
				s, err := db.Inspect(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				p, err := planner.Build(statementsOf(t, db, strings.ReplaceAll(c.change, "; ", ";\n"), s), s, db.Dialect, planner.Options{
					Mode:  plan.Window,
					Probe: func(n schema.Native, s *schema.Schema) (plan.Effect, error) { return db.Probe(t.Context(), n, s) },
				})
				if err != nil {
					t.Fatal(err)
				}
				becomes(t, executor.Finished, func() (executor.Outcome, error) {
					return executor.Run(t.Context(), db, p, executor.Options{})
				})
				if diff := cmp.Diff(shown(t, native), shown(t, db)); diff != "" {
					t.Errorf("definition (-native +ours):\n%s", diff)
				}
				if strings.HasPrefix(c.name, "forward: ") { // the server chose names
					return
				}
				for i := len(p.Steps) - 1; i >= 0; i-- {
					runUndo(t, db, p.Steps[i])
				}
				if diff := cmp.Diff(before, shown(t, db)); diff != "" {
					t.Errorf("after the way back (-before +after):\n%s", diff)
				}
			})
		}
	})
}
