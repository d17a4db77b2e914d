-- CHANGE: a unique key over a text of any length (MariaDB), which is built by a copy | EXPECT: as native | SOURCE: own
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a TEXT, b VARCHAR(20));
-- SEED 300
INSERT INTO t VALUES ({i}, CONCAT('x', {i}), {i})
-- WRITES
UPDATE t SET b = {r} WHERE id = {i}
INSERT INTO t VALUES ({n}, CONCAT('x', {n}), 1)
-- CHANGE
ALTER TABLE t ADD UNIQUE KEY u (a);
ALTER TABLE t ADD UNIQUE KEY w (b, a) USING HASH
