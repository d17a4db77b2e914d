-- CHANGE: a table without a key gets a column that counts, with its key | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (a INT, b VARCHAR(10));
-- SEED 20
INSERT INTO t VALUES ({i}, CONCAT('b', {i}))
-- CHANGE
ALTER TABLE t ADD COLUMN id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST
