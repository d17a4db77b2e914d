-- CHANGE: RENAME TABLE of a view, and a change behind it | EXPECT: as native, in a window | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT PRIMARY KEY, d BIGINT);
CREATE VIEW v AS SELECT id FROM t;
-- SEED 5
INSERT INTO t VALUES ({i}, {i})
-- CHANGE
RENAME TABLE v TO v2;
ALTER TABLE t ADD COLUMN e INT;
