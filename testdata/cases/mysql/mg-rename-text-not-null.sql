-- CHANGE: a column of text that is NOT NULL has two names for a while | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c1 TEXT NOT NULL, b BLOB NOT NULL, KEY k (c1(20)));
-- SEED 20
INSERT INTO t VALUES ({i}, CONCAT('x', {i}), 'b')
-- CHANGE
ALTER TABLE t RENAME COLUMN c1 TO c9;
ALTER TABLE t RENAME COLUMN b TO b9
