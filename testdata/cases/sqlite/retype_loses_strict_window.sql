-- change: types that keep less of what is there of a STRICT table; expected: as native
-- source: own
-- @args --mode window
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b ANY, c INTEGER, g TEXT AS (a || '!')) STRICT;
INSERT INTO t VALUES (1, '007', 1.5, 9007199254740993), (2, '1e3', '1.5', 5), (3, '30', x'31', 7), (4, NULL, '02', NULL);
-- @change
ALTER TABLE t ALTER COLUMN a TYPE INTEGER;
ALTER TABLE t ALTER COLUMN b TYPE TEXT;
ALTER TABLE t ALTER COLUMN c TYPE REAL;
-- @native
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c REAL, g TEXT AS (a || '!')) STRICT;
INSERT INTO t_new SELECT id, a, b, c FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
