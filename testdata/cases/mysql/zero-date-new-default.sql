-- CHANGE: a zero date as the default of a new column, beside a copy | EXPECT: as native, which MySQL refuses and MariaDB does | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT);
-- SEED 30
INSERT INTO t (id, i) VALUES ({i}, {i})
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t MODIFY i BIGINT, ADD COLUMN d DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00'
