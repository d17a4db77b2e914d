package mysql

const (
	numbers  = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b VARCHAR(20), c INT NOT NULL DEFAULT 3, KEY k (c, a)); INSERT INTO t VALUES (1, 10, 'x', 1), (2, NULL, 'y', 2), (3, 30, NULL, 3)"
	computed = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, g INT AS (a + 1) STORED, v INT); INSERT INTO t (id, a, v) VALUES (1, 1, 1), (2, NULL, 2), (3, 7, 3)"
)

var likenesses = []likeness{
	{name: "generated to plain", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1; INSERT INTO t (id, a) VALUES (9, 9)", change: "ALTER TABLE t MODIFY g INT"},
	{name: "generated to plain, wider", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1", change: "ALTER TABLE t MODIFY g BIGINT DEFAULT 4"},
	{name: "generated to plain without its base", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1", change: "ALTER TABLE t MODIFY g INT, DROP COLUMN a"},
	{name: "generated to plain with a new name", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1", change: "ALTER TABLE t CHANGE g h BIGINT FIRST"},
	{name: "plain to generated", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1", change: "ALTER TABLE t MODIFY v INT AS (a * 2) STORED"},
	{name: "another expression", setup: computed, writes: "UPDATE t SET a = 5 WHERE id = 1", change: "ALTER TABLE t MODIFY g INT AS (a + 2) STORED"},
	{name: "a base under another name", setup: computed, change: "ALTER TABLE t MODIFY v BIGINT, ADD COLUMN w INT AS (v + 1) STORED, ADD COLUMN x INT AS (a + 1) VIRTUAL"},
	{name: "rename and retype", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t CHANGE a new_a BIGINT"},
	{name: "rename, retype, index", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t CHANGE a new_a BIGINT DEFAULT NULL, ADD INDEX n (new_a), DROP INDEX k"},
	{name: "rename beside a stored column", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t CHANGE c c2 INT NOT NULL AFTER id, ADD COLUMN seven INT AS (7) STORED"},
	{name: "two columns exchange their names", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a, ADD COLUMN seven INT AS (7) STORED"},
	{name: "two columns exchange names and types", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t CHANGE a b BIGINT, CHANGE b a VARCHAR(30)"},
	{name: "a chain of names", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t CHANGE a b BIGINT, CHANGE b d VARCHAR(30)"},
	{name: "drop and add of one name", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t DROP b, ADD b VARCHAR(16) NOT NULL DEFAULT 'bar', MODIFY a BIGINT"},
	{name: "add and drop of one name", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t ADD b INT NOT NULL FIRST, DROP b, MODIFY a BIGINT"},
	{name: "another case", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t MODIFY A BIGINT"},
	{name: "a column of an index goes", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t DROP c, MODIFY a BIGINT"},
	{name: "rename index", setup: numbers, change: "ALTER TABLE t RENAME INDEX k TO k2, MODIFY a BIGINT"},
	{name: "an index comes for another of its name", setup: numbers, change: "ALTER TABLE t DROP INDEX k, ADD INDEX k (a), MODIFY a BIGINT"},
	{name: "options", setup: numbers, writes: "UPDATE t SET a = 11 WHERE id = 1", change: "ALTER TABLE t MODIFY a BIGINT, COMMENT='wi''der', ROW_FORMAT=COMPACT STATS_PERSISTENT=1"},
	{name: "order by", setup: numbers, change: "ALTER TABLE t MODIFY a BIGINT, ORDER BY c, a"},
	{
		name: "convert", setup: "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a TEXT, d VARCHAR(50), e ENUM('a','b'), n INT, KEY d (d)) DEFAULT CHARSET=latin1; INSERT INTO t VALUES (1, 'ä', 'é', 'a', 1), (2, NULL, '', 'b', 2)",
		writes: "UPDATE t SET d = 'ü' WHERE id = 2", change: "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
	},
	{
		name: "convert with a collation", setup: "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a TEXT, d VARCHAR(50)) DEFAULT CHARSET=latin1; INSERT INTO t VALUES (1, 'ä', 'é')",
		change: "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ADD COLUMN z VARCHAR(10) DEFAULT 'q'",
	},
	{name: "another default charset", setup: numbers, change: "ALTER TABLE t MODIFY a BIGINT, ADD z VARCHAR(10), DEFAULT CHARSET=latin1"},
	{name: "a counter", setup: "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1), (2, 2)", change: "ALTER TABLE t MODIFY a BIGINT, AUTO_INCREMENT=500"},
	{name: "a counter that goes back", setup: "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT) AUTO_INCREMENT=900; INSERT INTO t VALUES (1, 1), (2, 2)", change: "ALTER TABLE t MODIFY a BIGINT, AUTO_INCREMENT=5"},
	{name: "no default", setup: numbers, writes: "INSERT INTO t VALUES (7, 7, 'z', 7)", change: "ALTER TABLE t ADD z INT NOT NULL, ADD y VARCHAR(5) NOT NULL, ADD x ENUM('p','q') NOT NULL, MODIFY a BIGINT"},
	{name: "no default, a date", setup: numbers, change: "ALTER TABLE t ADD z DATE NOT NULL, MODIFY a BIGINT", refused: "NOT NULL without a default"},
	{name: "no text before", setup: "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT NOT NULL, UNIQUE KEY u (b)); INSERT INTO t VALUES (1, 1, 1)", change: "ALTER TABLE t DROP PRIMARY KEY, MODIFY a BIGINT", refused: "primary key"},
	{
		name: "unique keys are exchanged", setup: "CREATE TABLE t (id INT NOT NULL, i INT NOT NULL, ts TIMESTAMP(6) NULL, UNIQUE KEY id_uidx (id), UNIQUE KEY its_uidx (i, ts)); INSERT INTO t VALUES (1, 1, '2024-01-01 00:00:00.1'), (2, 2, NULL)",
		writes: "UPDATE t SET i = 4 WHERE id = 1", change: "ALTER TABLE t DROP KEY id_uidx, DROP KEY its_uidx, ADD UNIQUE KEY id2_uidx (id), ADD UNIQUE KEY its2_uidx (i, ts), ADD COLUMN seven INT AS (7) STORED",
	},
	{name: "prefixes of unique keys", setup: numbers, change: "ALTER TABLE t ADD UNIQUE KEY u (b(2)) COMMENT 'two', MODIFY a BIGINT"},
}
