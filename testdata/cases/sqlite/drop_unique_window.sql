-- change: a UNIQUE constraint goes, which SQLite's own DROP CONSTRAINT leaves standing; expected: as native
-- source: own
-- @args --mode window
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT, CONSTRAINT u UNIQUE (b));
CREATE INDEX t_a ON t (a);
INSERT INTO t VALUES (1, 1, 'x'), (2, 2, 'y');
-- @change
ALTER TABLE t DROP CONSTRAINT u;
-- @native
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INT, b TEXT);
INSERT INTO t_new SELECT * FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
CREATE INDEX t_a ON t (a);
