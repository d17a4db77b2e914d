-- CHANGE: a column is widened beside a generated column, a default and a check with characters of four bytes | EXPECT: as natively | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY, e ENUM('z','😀') DEFAULT '😀', v VARCHAR(20) DEFAULT '😀', g VARCHAR(30) AS (CONCAT(v,'😀')) STORED, n INT, CHECK (v <> '😀x')) CHARSET utf8mb4;
INSERT INTO t (id, n) VALUES (1,1),(2,2);
-- WRITES
INSERT INTO t (id, v) VALUES ({n}, '🐟')
INSERT INTO t (id) VALUES ({n})
-- CHANGE
ALTER TABLE t MODIFY n BIGINT, MODIFY v VARCHAR(25) DEFAULT '🐟'
