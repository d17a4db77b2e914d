-- CHANGE: a small table's column loses its fractions and its NULLs in one clause | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a DATETIME(6) NULL, b DECIMAL(10,4) DEFAULT 1.5);
-- SEED 20
INSERT INTO t VALUES ({i}, '2020-01-01 10:00:00.987654', {i} / 7)
-- CHANGE
ALTER TABLE t MODIFY a DATETIME NOT NULL COMMENT 'x', MODIFY b DECIMAL(10,1) NOT NULL DEFAULT 2
