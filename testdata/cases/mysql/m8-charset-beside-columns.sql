-- CHANGE: the table's charset beside columns that take it, wherever it stands | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, k VARCHAR(50), l VARCHAR(10)) CHARSET=latin1;
-- SEED 20
INSERT INTO t VALUES ({i}, CONCAT('é', {i}), 'q')
-- CHANGE
ALTER TABLE t ADD COLUMN z VARCHAR(20), MODIFY k VARCHAR(60), CHARSET=utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE t ADD COLUMN y VARCHAR(10) NOT NULL DEFAULT 'ü'
