-- change: a rebuild leaves a column's values behind, and makes a new column of others; expected: as native, in a window
-- source: own
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT DEFAULT 4);
INSERT INTO t VALUES (1, 5, NULL), (2, NULL, 6), (3, 7, 8);
-- @args --mode window
-- @change
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INT, b INT DEFAULT 4, both TEXT);
INSERT INTO t_new (id, a, both) SELECT id, a, a || '-' || b FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
