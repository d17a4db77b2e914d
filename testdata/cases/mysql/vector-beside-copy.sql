-- CHANGE: a new vector beside a copy | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT);
-- SEED 30
INSERT INTO t (id, i) VALUES ({i}, {i})
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t MODIFY i BIGINT, ADD COLUMN e VECTOR(4)
