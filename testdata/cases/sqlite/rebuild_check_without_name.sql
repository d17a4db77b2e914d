-- change: a rebuild adds a check without a name, where the table has another; expected: as native
-- source: own
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a < 100), b INT);
INSERT INTO t VALUES (1, 5, 5), (2, 6, NULL);
-- @change
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INT CHECK (a < 100), b INT, CHECK (b > 0), CHECK (a <> b + 1));
INSERT INTO t_new SELECT * FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
