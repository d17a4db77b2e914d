-- CHANGE: only the case of a column's name changes, beside a type | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY, count1 INT NOT NULL, Other INT);
-- SEED 300
INSERT INTO t VALUES ({i}, {i}, {i})
-- WRITES
UPDATE t SET count1 = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t CHANGE count1 Count1 BIGINT NOT NULL, MODIFY OTHER BIGINT
