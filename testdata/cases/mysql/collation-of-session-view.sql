-- CHANGE: a view and a routine keep the collation of the session that makes them | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT);
-- SEED 3
INSERT INTO t (id, i) VALUES ({i}, {i})
-- CHANGE
SET NAMES utf8mb4;
CREATE VIEW v AS SELECT id, CONCAT('a', id) AS c FROM t;
ALTER TABLE t ADD COLUMN b INT
