-- CHANGE: a unique key over an expression, whose text has the collation of the session | EXPECT: as native | SOURCE: own
-- NOT: mariadb
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, j JSON, i INT);
INSERT INTO t VALUES (1, '{"n": "ß"}', 1), (2, '{"n": "s"}', 2), (3, '{"n": "s "}', 3);
-- SEED 0
-- WRITES
UPDATE t SET i = {r} WHERE id < 4
-- CHANGE
ALTER TABLE t MODIFY i BIGINT, ADD UNIQUE KEY u ((CAST(j->>'$.n' AS CHAR(20))))
