-- change: a generated column gets another type; expected: as native; behind the text there is no way back
-- source: own
-- @setup
CREATE TABLE t (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO t (id, a) SELECT g, g FROM generate_series(1, 500) g;
-- @change
ALTER TABLE t ALTER COLUMN g TYPE bigint;
ALTER TABLE t ALTER COLUMN g TYPE varchar(30);
