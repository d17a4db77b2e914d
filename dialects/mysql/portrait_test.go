package mysql

import (
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/plan"
	"surefoot/schema"
)

const portrayed = `
CREATE TABLE parent (id INT PRIMARY KEY)
CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL DEFAULT 1, b VARCHAR(20) COLLATE utf8mb4_bin COMMENT 'it''s: b', c TEXT, p INT, g INT AS (a * 2) STORED, v INT AS (a + 1) VIRTUAL, d TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT ck CHECK (a > 0), CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id), KEY i_b (b), UNIQUE KEY u_ab (a, b)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='it''s: a table'
CREATE TABLE child (id INT PRIMARY KEY, t INT, CONSTRAINT child_fk FOREIGN KEY (t) REFERENCES t (id))
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 'x'
CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))
INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')
`

// TestPortrait changes one thing after the other and sees each, as one difference.
func TestPortrait(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for s := range strings.SplitSeq(strings.TrimSpace(portrayed), "\n") {
			if _, err := db.pool.Exec(s); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
		name := func(table string) schema.Name { return schema.Name{Schema: db.name, Table: table} }
		conform.Portraits(t, db.pool, db.Portrait(name("t")), portraitCases(db))
		conform.Portraits(t, db.pool, db.Portrait(name("parts")), []conform.Meddling{
			{Do: "ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))", Undo: "ALTER TABLE parts DROP PARTITION p2", Shows: []string{"partition p2: is new, 3, RANGE"}},
		})
		nothingOfOurs(t, db, name("t"))
	})
}

// nothingOfOurs: writes and what a run puts on a table do not show.
func nothingOfOurs(t *testing.T, db *Database, table schema.Name) {
	t.Helper()
	before := conform.Lines(t, db.pool, db.Portrait(table))
	for _, s := range []string{
		"INSERT INTO t (a, b) SELECT a + 10, b FROM t", "ANALYZE TABLE t", "DROP TRIGGER tr",
		"CREATE TRIGGER t_sf_ci BEFORE INSERT ON t FOR EACH ROW SET @x = 1", "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 'x'",
	} {
		if _, err := db.pool.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if diff := plan.PortraitDiff(before, conform.Lines(t, db.pool, db.Portrait(table))); len(diff) > 0 {
		t.Errorf("%q", diff)
	}
}

func portraitCases(db *Database) []conform.Meddling {
	one := func(do, undo string, shows ...string) conform.Meddling {
		return conform.Meddling{Do: do, Undo: undo, Shows: shows}
	}
	cases := []conform.Meddling{
		one("ALTER TABLE t ADD x INT", "ALTER TABLE t DROP x", "column x: is new, int"),
		one("ALTER TABLE t ALTER a SET DEFAULT 2", "ALTER TABLE t ALTER a SET DEFAULT 1", "column a: was int"),
		one("ALTER TABLE t MODIFY p BIGINT, DROP FOREIGN KEY fk", "ALTER TABLE t MODIFY p INT, ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id)",
			"column p: was int", "foreign key fk: was (p) references"),
		one("ALTER TABLE t MODIFY c TEXT NOT NULL", "ALTER TABLE t MODIFY c TEXT", "column c: was text collate"),
		one("ALTER TABLE t MODIFY c TEXT COMMENT 'x'", "ALTER TABLE t MODIFY c TEXT", "comment 'x'"),
		one("ALTER TABLE t MODIFY c TEXT COLLATE utf8mb4_bin", "ALTER TABLE t MODIFY c TEXT", "collate utf8mb4_bin"),
		one("ALTER TABLE t MODIFY g INT AS (a * 3) STORED", "ALTER TABLE t MODIFY g INT AS (a * 2) STORED", "column g: was int"),
		one("ALTER TABLE t MODIFY v BIGINT AS (a + 1) VIRTUAL", "ALTER TABLE t MODIFY v INT AS (a + 1) VIRTUAL", "column v: was int"),
		one("ALTER TABLE t MODIFY d TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", "ALTER TABLE t MODIFY d TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP", "column d: was timestamp"),
		one("ALTER TABLE t MODIFY d TIMESTAMP NULL", "ALTER TABLE t MODIFY d TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP", "column d: was timestamp"),
		one("ALTER TABLE t ADD KEY x (c(5))", "ALTER TABLE t DROP KEY x", "index x: is new, BTREE (c(5))"),
		one("ALTER TABLE t DROP KEY u_ab, ADD KEY u_ab (a, b)", "ALTER TABLE t DROP KEY u_ab, ADD UNIQUE KEY u_ab (a, b)", "index u_ab: was unique BTREE (a, b), is BTREE (a, b)"),
		one("ALTER TABLE t DROP KEY i_b, ADD KEY i_b (b) COMMENT 'x'", "ALTER TABLE t DROP KEY i_b, ADD KEY i_b (b)", "comment 'x'"),
		one("ALTER TABLE t RENAME KEY i_b TO i_z", "ALTER TABLE t RENAME KEY i_z TO i_b", "index i_b: was", "index i_z: is new"),
		one("ALTER TABLE t ADD CONSTRAINT c2 CHECK (a < 1000)", "ALTER TABLE t DROP CONSTRAINT c2", "check c2"),
		one("ALTER TABLE child ADD CONSTRAINT cf2 FOREIGN KEY (id) REFERENCES t (id) ON DELETE CASCADE", "ALTER TABLE child DROP FOREIGN KEY cf2", "foreign key cf2 of "),
		one("CREATE TRIGGER t2 AFTER UPDATE ON t FOR EACH ROW SET @x = 1", "DROP TRIGGER t2", "trigger t2: is new, AFTER UPDATE, 1"),
		one("DROP TRIGGER tr\nCREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 'y'", "DROP TRIGGER tr\nCREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 'x'", "trigger tr: was"),
		one("ALTER TABLE t COMMENT 'x'", "ALTER TABLE t COMMENT 'it''s: a table'", "comment: was it's: a table, is x"),
		one("ALTER TABLE t ROW_FORMAT=COMPACT", "ALTER TABLE t ROW_FORMAT=DEFAULT", "row format: was Dynamic, is Compact", "options: is new, row_format=COMPACT"),
		one("ALTER TABLE t STATS_PERSISTENT=1", "ALTER TABLE t STATS_PERSISTENT=DEFAULT", "options: is new, stats_persistent=1"),
		one("ALTER TABLE t DEFAULT COLLATE utf8mb4_bin", "ALTER TABLE t DEFAULT COLLATE utf8mb4_general_ci", "collation: was"),
	}
	if db.maria() {
		return append(cases,
			one("ALTER TABLE t ALTER INDEX i_b IGNORED", "ALTER TABLE t ALTER INDEX i_b NOT IGNORED", "index i_b: was BTREE (b), is BTREE (b), ignored"),
			one("ALTER TABLE t MODIFY c TEXT CHECK (c <> 'q')", "ALTER TABLE t MODIFY c TEXT", "check c (column): is new"))
	}
	return append(cases,
		one("ALTER TABLE t ALTER INDEX i_b INVISIBLE", "ALTER TABLE t ALTER INDEX i_b VISIBLE", "index i_b: was BTREE (b), is BTREE (b), invisible"),
		one("ALTER TABLE t ADD KEY f ((a + 5))", "ALTER TABLE t DROP KEY f", "index f: is new, BTREE (("),
		one("ALTER TABLE t ALTER CHECK ck NOT ENFORCED", "ALTER TABLE t ALTER CHECK ck ENFORCED", "not enforced"),
		one("ALTER TABLE t ALTER COLUMN c SET INVISIBLE", "ALTER TABLE t ALTER COLUMN c SET VISIBLE", "INVISIBLE"),
		one("ANALYZE TABLE t UPDATE HISTOGRAM ON c WITH 5 BUCKETS", "ANALYZE TABLE t DROP HISTOGRAM ON c", "histogram of c: is new, 5"),
		one("ALTER TABLE t ADD q POINT SRID 4326", "ALTER TABLE t DROP q", "srid 4326"))
}
