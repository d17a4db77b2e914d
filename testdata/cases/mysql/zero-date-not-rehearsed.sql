-- CHANGE: a column whose rows would get a zero date, not rehearsed | EXPECT: as native, which MySQL refuses and MariaDB does | SOURCE: own
-- ARGS: --rehearse=false
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT);
-- SEED 30
INSERT INTO t (id, i) VALUES ({i}, {i})
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t ADD COLUMN d DATE NOT NULL
