-- change: a database in UTF-16 is rebuilt with another type, and gets a column; expected: as native
-- source: own
-- @setup
PRAGMA encoding = 'UTF-16le';
CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT, a INT, b TEXT COLLATE NOCASE);
CREATE INDEX ti ON t (b, a);
WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 500) INSERT INTO t SELECT i, 'é日本' || i, i, 'B' || i FROM g;
-- @args --mode window
-- @change
BEGIN;
CREATE TABLE t_new (id INTEGER PRIMARY KEY, k TEXT, a TEXT, b TEXT COLLATE NOCASE);
INSERT INTO t_new (id, k, a, b) SELECT id, k, a, b FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
CREATE INDEX ti ON t (b, a);
COMMIT;
ALTER TABLE t ADD COLUMN n TEXT DEFAULT 'ü';
