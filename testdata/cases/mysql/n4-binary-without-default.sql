-- CHANGE: a new binary column that is NOT NULL without a default beside a change of type | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT);
-- SEED 1500
INSERT INTO t VALUES ({i}, {i})
-- WRITES
UPDATE t SET v = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t MODIFY v BIGINT, ADD COLUMN b BINARY(3) NOT NULL, ADD COLUMN c VARBINARY(3) NOT NULL;
