-- CHANGE: a type beside checks with negative numbers | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT, m INT, g INT AS (n + -7) STORED, CHECK (n > -5), CHECK (m BETWEEN -10 AND 1000000));
-- SEED 20
INSERT INTO t (id, n, m) VALUES ({i}, {i}, {i})
-- CHANGE
ALTER TABLE t MODIFY m BIGINT
