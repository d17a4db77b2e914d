-- CHANGE: a column gets a second name for a while whose index stands before another one | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c0 DECIMAL(10,2) NOT NULL, c1 DECIMAL(10,2) DEFAULT 9, KEY k0 (c0), KEY k1 (c1 DESC, id));
-- SEED 20
INSERT INTO t VALUES ({i}, {i}, {i} + 1)
-- CHANGE
ALTER TABLE t RENAME COLUMN c0 TO c9
