-- CHANGE: a column that counts comes in a key with another one | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (k CHAR(10) NOT NULL PRIMARY KEY, n INT NOT NULL);
-- SEED 20
INSERT INTO t VALUES (CONCAT('k', {i}), {i})
-- CHANGE
ALTER TABLE t ADD COLUMN id INT NOT NULL AUTO_INCREMENT, ADD UNIQUE KEY both_of_them (id, n)
