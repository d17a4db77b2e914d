-- change: a rebuild fills two columns from one another; expected: as native
-- source: own
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT);
INSERT INTO t VALUES (1, 5, NULL), (2, NULL, 6), (3, 7, 8);
-- @args --mode window
-- @change
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INT, b INT);
INSERT INTO t_new (id, a, b) SELECT id, b, a FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
