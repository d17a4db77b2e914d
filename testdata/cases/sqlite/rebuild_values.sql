-- change: rebuilds that fill columns of an unchanged type by an expression; expected: as native
-- source: own
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, c TEXT, d TEXT DEFAULT 'x');
WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, i, NULL, NULL, 'x' FROM n;
INSERT INTO t VALUES (1, 5, NULL, 'one', 'q'), (2, NULL, 6, NULL, NULL), (3, 7, 8, 'three', '');
-- @change
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INT, b INT, c TEXT NOT NULL DEFAULT '', d TEXT DEFAULT 'x');
INSERT INTO t_new (id, a, b, c, d) SELECT id, coalesce(a, 0), b, coalesce(c, 'none'), d FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
