-- CHANGE: two statements that each copy the table, with an index between | EXPECT: as native | SOURCE: generated
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a SMALLINT NOT NULL, b BIGINT AS (a + 1) STORED, c VARCHAR(10), KEY c (c));
-- SEED 100
INSERT INTO t (id, a, c) VALUES ({i}, {i}, 'x')
-- WRITES
UPDATE t SET a = {r} WHERE id = {i}
INSERT INTO t (id, a, c) VALUES ({n}, 5, 'w')
-- CHANGE
ALTER TABLE t MODIFY a BIGINT NOT NULL, MODIFY c VARCHAR(300);
DROP INDEX c ON t;
ALTER TABLE t MODIFY a DECIMAL(20,2) NULL, ADD COLUMN z INT AS (7) STORED;
