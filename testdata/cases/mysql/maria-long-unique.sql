-- MODIFY: a unique key's column becomes one that is too long for an index: MariaDB makes it one over a hash | EXPECT: as native | SOURCE: own
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c VARBINARY(20) NOT NULL, a VARCHAR(20), UNIQUE KEY k2 (c, id), UNIQUE KEY k3 (a), KEY k4 (id, c));
-- SEED 600
INSERT INTO t VALUES ({i}, {i}, {i})
-- WRITES
UPDATE t SET c = {r} WHERE id = {i}
INSERT INTO t VALUES ({n}, {n}, {n})
-- CHANGE
ALTER TABLE t DROP KEY k4, MODIFY c LONGBLOB;
ALTER TABLE t MODIFY a VARCHAR(4000) CHARACTER SET utf8mb4;
