-- CHANGE: dates that are zero, on a table that gets a column and a type | EXPECT: as native, or refused with the reason | SOURCE: own
SET SESSION sql_mode = ''; CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, dt DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', d DATE, ts TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00', i INT);
-- SEED 300
INSERT INTO t (id, i) VALUES ({i}, {i})
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
INSERT INTO t (id, dt, i) VALUES ({n}, '2020-01-01', 1)
-- CHANGE
ALTER TABLE t MODIFY i BIGINT, ADD COLUMN x INT
