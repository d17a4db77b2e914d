package mysql

import "testing"

// TestAnsiQuotes: under ANSI_QUOTES names stand between double quotes, in what users write and in what the
// server shows.
func TestAnsiQuotes(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		defer underMode(t, openTest(t, url), "ANSI_QUOTES")()
		c := likeness{
			setup: `CREATE TABLE t (id INT NOT NULL, "na me" INT, "order" VARCHAR(20) DEFAULT '"q"' COMMENT 'it''s "x"', g INT AS ("na me" + 1) STORED, PRIMARY KEY (id), KEY "a key" ("order"), CHECK ("na me" > 0))` +
				` PARTITION BY RANGE (id) (PARTITION "p 0" VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO t (id, "na me") VALUES (1, 1), (20, 2)`,
			writes: `UPDATE t SET "order" = 'new' WHERE id = 20`,
			change: `ALTER TABLE "t" MODIFY id BIGINT NOT NULL, ADD COLUMN "new one" INT NOT NULL DEFAULT 3`,
		}
		c.look(t, openTest(t, another(t, url, 0)), openTest(t, another(t, url, 1)))
	})
}
