-- change: a rebuild that is run as it stands behind another statement meets a row that does not fit; expected: refused before the start
-- source: own
-- @setup
CREATE TABLE t (id INTEGER PRIMARY KEY, pid INTEGER);
CREATE VIEW seen AS SELECT id FROM t;
INSERT INTO t VALUES (1, 2), (2, NULL);
-- @args --mode window
-- @change
DROP VIEW seen;
CREATE TABLE "tmp table" (id INTEGER, pid BLOB, PRIMARY KEY (id, pid)) STRICT;
INSERT INTO "tmp table" (id, pid) SELECT id, pid FROM t;
DROP TABLE t;
ALTER TABLE "tmp table" RENAME TO t;
CREATE INDEX i ON t (pid);
CREATE VIEW seen AS SELECT id FROM t;
