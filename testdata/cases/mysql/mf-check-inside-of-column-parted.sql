-- CHANGE: a column with a check inside comes beside a column that goes | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c0 INT, u INT NOT NULL);
-- SEED 20
INSERT INTO t VALUES ({i}, {i}, {i})
-- CHANGE
ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT 5 CHECK (x > 0) FIRST, DROP COLUMN c0, MODIFY u DECIMAL(30,4)
