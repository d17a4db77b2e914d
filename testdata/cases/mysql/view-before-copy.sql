-- CHANGE: a view of another table, made before a copy | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT);
CREATE TABLE other (id INT PRIMARY KEY, i INT);
-- SEED 30
INSERT INTO t (id, i) VALUES ({i}, {i})
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
-- CHANGE
CREATE VIEW seen AS SELECT id FROM other;
ALTER TABLE t MODIFY i BIGINT
