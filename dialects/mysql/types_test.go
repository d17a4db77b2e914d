package mysql

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/load"
)

// everything has a column of each type, with values that other tools have lost.
const everything = `CREATE TABLE t (
 id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
 i1 TINYINT, i1u TINYINT UNSIGNED, b1 BOOL, i3 MEDIUMINT UNSIGNED, i8 BIGINT, i8u BIGINT UNSIGNED, z INT(6) ZEROFILL,
 d1 DECIMAL(65,30), d2 DECIMAL(10,2), f FLOAT, g DOUBLE, bi1 BIT(1), bi33 BIT(33), bi64 BIT(64), y YEAR,
 da DATE, dt DATETIME, dt6 DATETIME(6), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL, ti TIME, ti6 TIME(6),
 c CHAR(10), vc VARCHAR(50), vcb VARCHAR(50) COLLATE utf8mb4_bin, la VARCHAR(50) CHARACTER SET latin1, gb VARCHAR(20) CHARACTER SET gbk, uc VARCHAR(20) CHARACTER SET utf16,
 tx TEXT, mt MEDIUMTEXT, bn BINARY(4), vb VARBINARY(20), bl BLOB,
 e ENUM('a','b','','c'), s SET('p','q','r'), j JSON, pt POINT, ge GEOMETRY,
 gv INT AS (i1 + 1) VIRTUAL, gs VARCHAR(60) AS (CONCAT(vc, '!')) STORED,
 inv INT INVISIBLE DEFAULT 7, ` + "`od``d name; é` INT COMMENT 'it''s 50% ; \\\\ done', `from` INT," + `
 KEY k1 (vc(5), i1), UNIQUE KEY k2 (i8u), KEY k3 (gv)
) ENGINE=InnoDB AUTO_INCREMENT=1000 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC STATS_PERSISTENT=1 COMMENT='a ''table'' with 100%'`

// oddRows are inserted without any sql_mode, as an application of long ago did.
var oddRows = []string{
	"INSERT INTO t (id, i1, i8, i8u, d1, f, g, bi1, bi33, bi64, da, dt, ts, ti, c, vc, bn, vb, bl, e, s) VALUES " +
		"(0, -128, -9223372036854775808, 18446744073709551615, 1.000000000000000000000000000001, 0.1, 1e308, b'1', 8589934591, 18446744073709551615, " +
		"'0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '-838:59:59', 'x ', 'x  ', 0x61000000, 0x00, '', 'nonsense', '')",
	"INSERT INTO t (id, i1, i1u, b1, i3, z, d2, y, da, dt, dt6, ts, ts6, ti6, c, vc, vcb, la, gb, uc, tx, mt, bn, vb, bl, e, s, j, pt) VALUES " +
		"(2, 127, 255, 1, 16777215, 42, -0.01, 0, '1970-00-00', '2024-03-31 02:30:00', '2024-01-01 00:00:00.000123', '2038-01-19 03:14:07', " +
		"'2024-10-27 01:30:00.5', '838:59:58.999999', '', '', 'A', 0xE9FF, 0x95, '', '', '', 0x61, 0x6100, 0x00FF, '', 'p,r', '{\"a\": 1.0, \"b\": [1, null]}', ST_GeomFromText('POINT(1 2)'))",
	"INSERT INTO t (id) VALUES (3)",
	"INSERT INTO t (id, vc, vcb, tx, j, gb) VALUES (9223372036854775808, 'é😀', 'a', REPEAT('ü', 1000), 'null', '誠')",
	"INSERT INTO t (id, vc, vcb) VALUES (5, 'NULL', '\\\\N'), (6, '0', 'null'), (7, CHAR(0), '%_')",
	"UPDATE t SET `from` = 3, inv = 9 WHERE id > 4",
	"DELETE FROM t WHERE id = 3",
}

func TestCopyKeepsEveryType(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for _, change := range []string{
			"MODIFY COLUMN i1 INT",
			"MODIFY COLUMN d2 DECIMAL(14,4), MODIFY COLUMN la VARCHAR(60) CHARACTER SET utf8mb4, MODIFY COLUMN e VARCHAR(20)",
			"MODIFY COLUMN dt6 DATETIME(3), MODIFY COLUMN bn BINARY(8), MODIFY COLUMN c VARCHAR(20), MODIFY COLUMN i8 DECIMAL(20,0)",
			"MODIFY COLUMN vc TEXT COLLATE utf8mb4_bin",
			"MODIFY COLUMN e ENUM('c','b','','a','z'), MODIFY COLUMN s SET('r','q','p'), MODIFY COLUMN i1u VARCHAR(10)",
			"MODIFY COLUMN vb BINARY(20), MODIFY COLUMN tx LONGTEXT CHARACTER SET utf16, MODIFY COLUMN bi33 BIGINT",
		} {
			t.Run(change, func(t *testing.T) { keepsTypes(t, db, change) })
		}
	})
}

// loose is a session without any sql_mode.
func loose(t *testing.T, db *Database, queries ...string) {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range append([]string{"SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', @_surefoot = NULL"}, queries...) {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(q, err)
		}
	}
	if _, err := conn.ExecContext(t.Context(), "SET SESSION sql_mode = DEFAULT"); err != nil {
		t.Fatal(err)
	}
	_ = conn.Raw(func(any) error { return sql.ErrConnDone }) // never to the pool again
}

func keepsTypes(t *testing.T, db *Database, change string) {
	loose(t, db, append([]string{"DROP TABLE IF EXISTS t, control", everything}, oddRows...)...)
	loose(t, db, strings.Replace(everything, "TABLE t", "TABLE control", 1))
	p := planFor(t, db, "ALTER TABLE t "+change)
	id := fmt.Sprint("types ", len(change))
	opts := executor.Options{ID: id}
	opts.Failpoint = func(point string) {
		if strings.HasSuffix(point, "backfill:done") { // the feed carries each type too
			loose(t, db, "UPDATE t SET `from` = 4 WHERE id IN (0, 2, 9223372036854775808)", "UPDATE t SET id = 8 WHERE id = 7", "DELETE FROM t WHERE id = 6")
		}
	}
	out, err := executor.Run(t.Context(), db, p, opts)
	if err != nil || out.State != executor.AfterCutOver {
		t.Fatal(out, err)
	}
	loose(t, db, "INSERT INTO t (vc) VALUES ('after')")
	out, err = executor.Finish(t.Context(), db, id, executor.Options{ID: id})
	if err != nil || out.State != executor.Finished {
		t.Fatal(out, err)
	}
	for _, q := range oddRows {
		loose(t, db, strings.Replace(strings.Replace(q, "INTO t ", "INTO control ", 1), "UPDATE t ", "UPDATE control ", 1))
	}
	loose(t, db, "DELETE FROM control WHERE id IN (3, 6)", "UPDATE control SET `from` = 4 WHERE id IN (0, 2, 9223372036854775808)", "UPDATE control SET id = 8 WHERE id = 7")
	loose(t, db, "ALTER TABLE control "+change, "INSERT INTO control (vc) VALUES ('after')")
	live, control := definitionOf(t, db, "t"), definitionOf(t, db, "control")
	if live != control {
		t.Errorf("definition:\n%s\nnative:\n%s", live, control)
	}
	if c, err := load.CompareTables(t.Context(), db.pool, db.flavor.String(), "t", "control", []string{"id"}); err != nil || !c.Equal() {
		t.Errorf("rows: %s %v", c, err)
	}
}

// TestTextsBecomeValues changes texts to numbers, dates and times as the native ALTER does, and names
// the row of a text that is none.
func TestTextsBecomeValues(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for i, c := range []struct {
			becomes string
			texts   []string
			unfit   string
		}{
			{"BIGINT", []string{"0", "-9223372036854775808", "9223372036854775807", " 7", "+3"}, "12 apples"},
			{"INT UNSIGNED", []string{"4294967295", "0012"}, "-1"},
			{"DECIMAL(10,2)", []string{"1.005", "-1.5", "99999999.99", "1e3"}, "123456789012"},
			{"DOUBLE", []string{"1.5", "-1e300", "0.1"}, "one"},
			{"DATE", []string{"2024-02-29", "1000-01-01", "2024-2-3"}, "2023-02-29"},
			{"DATETIME(3)", []string{"2024-02-29 12:13:14.123456", "2024-02-29"}, "2024-13-01 00:00:00"},
			{"TIMESTAMP NULL", []string{"2024-02-29 12:13:14.6"}, "soon"},
			{"TIME", []string{"12:13:14", "-838:59:59"}, "99:99:99"},
		} {
			for _, table := range []string{"t", "control"} {
				execute(t, db, "DROP TABLE IF EXISTS "+table, "CREATE TABLE "+table+" (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(40)) DEFAULT CHARSET=utf8mb4")
				for _, text := range append(c.texts, "") {
					if _, err := db.pool.Exec("INSERT INTO "+table+" (v) VALUES (NULLIF(?, ''))", text); err != nil {
						t.Fatal(err)
					}
				}
			}
			change, id := " MODIFY COLUMN v "+c.becomes, fmt.Sprint("text", i)
			execute(t, db, "ALTER TABLE control"+change)
			becomes(t, executor.Finished, func() (executor.Outcome, error) {
				return executor.Run(t.Context(), db, safely(t, db, "ALTER TABLE t"+change), executor.Options{ID: id, Finish: true})
			})
			if d, err := load.CompareTables(t.Context(), db.pool, db.flavor.String(), "t", "control", []string{"id"}); err != nil || !d.Equal() {
				t.Errorf("%s: %s %v", c.becomes, d, err)
			}
			execute(t, db, "ALTER TABLE t MODIFY COLUMN v VARCHAR(40)")
			if _, err := db.pool.Exec("INSERT INTO t (id, v) VALUES (99, ?)", c.unfit); err != nil {
				t.Fatal(err)
			}
			p := safely(t, db, "ALTER TABLE t"+change)
			if _, err := executor.Run(t.Context(), db, p, executor.Options{ID: id + "u"}); err == nil || !strings.Contains(err.Error(), "row id=99") {
				t.Errorf("%s: %v", c.becomes, err)
			}
			becomes(t, executor.RolledBack, func() (executor.Outcome, error) {
				return executor.Rollback(t.Context(), db, id+"u", executor.Options{ID: id + "u"})
			})
		}
	})
}

func definitionOf(t *testing.T, db *Database, table string) string {
	t.Helper()
	text, err := load.Definition(t.Context(), db.pool, db.flavor.String(), table)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestUnfit names the row whose value does not fit, and leaves the table as it was.
func TestUnfit(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for _, q := range []string{
			"CREATE TABLE t (a INT NOT NULL, b VARCHAR(10) NOT NULL, v INT, w VARCHAR(20), PRIMARY KEY (a, b)) DEFAULT CHARSET=utf8mb4",
			"INSERT INTO t VALUES (1, 'x', 1, 'a'), (7, 'Ä', 300, 'abcdefghijk'), (8, 'z', NULL, 'a')",
		} {
			if _, err := db.pool.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		before := definitionOf(t, db, "t")
		for i, change := range []string{"MODIFY v TINYINT", "MODIFY w VARCHAR(5)", "ADD UNIQUE (w), MODIFY v BIGINT", "MODIFY v BIGINT NOT NULL", "ADD CONSTRAINT small CHECK (v < 100), MODIFY v BIGINT"} {
			p := planFor(t, db, "ALTER TABLE t "+change)
			id := fmt.Sprint("unfit", i)
			out, err := executor.Run(t.Context(), db, p, executor.Options{ID: id, Finish: true})
			if err == nil {
				t.Fatalf("%s: %v", change, out.State)
			}
			t.Log(change, "=>", err)
			out, err = executor.Rollback(t.Context(), db, id, executor.Options{ID: id})
			if err != nil || out.State != executor.RolledBack {
				t.Fatal(change, out, err)
			}
			if after := definitionOf(t, db, "t"); after != before {
				t.Errorf("%s: %s", change, after)
			}
			nothingLeft(t, db.pool)
		}
	})
}
