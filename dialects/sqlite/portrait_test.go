package sqlite

import (
	"testing"

	"surefoot/conform"
	"surefoot/schema"
)

// TestPortrait changes one thing after the other and sees each, as one difference.
func TestPortrait(t *testing.T) {
	db := openTemp(t,
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT)", "CREATE INDEX i_a ON t (a)", "CREATE TABLE other (id INTEGER PRIMARY KEY, t INT)",
		"CREATE VIEW v AS SELECT a FROM T", "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END")
	query := db.Portrait(schema.Name{Table: "t"})
	one := func(do, undo string, shows ...string) conform.Meddling {
		return conform.Meddling{Do: do, Undo: undo, Shows: shows}
	}
	conform.Portraits(t, db.pool, query, []conform.Meddling{
		one("ALTER TABLE t ADD x INT", "ALTER TABLE t DROP x", "table: was CREATE TABLE t"),
		one("CREATE INDEX x ON t (b)", "DROP INDEX x", "index x: is new, CREATE INDEX x ON t (b)"),
		one("DROP INDEX i_a", "CREATE INDEX i_a ON t (a)", "index i_a: was CREATE INDEX i_a ON t (a), is gone"),
		one("DROP INDEX i_a\nCREATE INDEX i_a ON t (a, b)", "DROP INDEX i_a\nCREATE INDEX i_a ON t (a)", "index i_a: was"),
		one("CREATE TRIGGER t2 AFTER DELETE ON t BEGIN SELECT 1; END", "DROP TRIGGER t2", "trigger t2: is new"),
		one("CREATE TRIGGER t3 AFTER DELETE ON other BEGIN DELETE FROM t WHERE id = 1; END", "DROP TRIGGER t3", "trigger t3 on other: is new"),
		one("CREATE VIEW w AS SELECT b FROM t", "DROP VIEW w", "view w: is new"),
		one("DROP VIEW v\nCREATE VIEW v AS SELECT b FROM T", "DROP VIEW v\nCREATE VIEW v AS SELECT a FROM T", "view v: was"),
		one("CREATE TABLE kid (id INTEGER PRIMARY KEY, t INT REFERENCES T (id) ON DELETE CASCADE)", "DROP TABLE kid", "foreign key of kid: is new, t references id"),
		one("CREATE TABLE kid (a INT, b INT, FOREIGN KEY (a, b) REFERENCES t (a, b))", "DROP TABLE kid", "foreign key of kid: is new, a references a"),
	})
	conform.Portraits(t, db.pool, query, []conform.Meddling{
		one("INSERT INTO t VALUES (1, 2, 'x')", "ANALYZE"),
		one("CREATE TABLE t_sf_log (seq INTEGER PRIMARY KEY)", "CREATE TRIGGER t_sf_log_i AFTER INSERT ON t BEGIN SELECT 1; END"),
		one("CREATE TABLE t_sf_new (id INTEGER PRIMARY KEY, a INT REFERENCES t)", "CREATE TABLE ours_not (id INT, u TEXT CHECK (u <> 't'))"),
	})
}
