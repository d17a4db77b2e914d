-- CHANGE: a column goes of which indexes over several have a part, then one of these indexes goes and the table is copied | EXPECT: as native | SOURCE: own
-- NOT: mariadb
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, c VARCHAR(20), UNIQUE KEY u (a, id, b), KEY k2 (b, a), KEY k3 (c, b), KEY k4 (b));
-- SEED 600
INSERT INTO t VALUES ({i}, {i}, {i}, {i})
-- CHANGE
ALTER TABLE t DROP COLUMN b;
DROP INDEX k2 ON t;
ALTER TABLE t MODIFY c VARCHAR(400) CHARACTER SET latin1;
