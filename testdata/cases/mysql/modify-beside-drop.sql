-- CHANGE: a column is stated anew with another type, NULL and default, beside a column that goes and one that is renamed | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT NOT NULL DEFAULT 15, b INT, c CHAR(10) NOT NULL DEFAULT 'x');
-- SEED 600
INSERT INTO t (id, a, b) VALUES ({i}, {i} + 5, {i})
-- WRITES
UPDATE t SET a = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t DROP COLUMN b, MODIFY a VARCHAR(60) COMMENT 'y' FIRST;
ALTER TABLE t MODIFY c VARCHAR(20) NULL DEFAULT 'y', ALTER a SET DEFAULT 'z';
