-- change: indexes and constraints that have comments, marks and statistics targets go; expected: as native, with a way back
-- source: own
-- @setup
CREATE TABLE t (id int NOT NULL, a int, b text, CONSTRAINT t_b UNIQUE (b), CONSTRAINT t_a CHECK (a > 0));
INSERT INTO t SELECT g, g, 'b' || g FROM generate_series(1, 500) g;
CREATE INDEX t_lower ON t (lower(b), a) WITH (fillfactor = 70);
ALTER INDEX t_lower ALTER COLUMN 1 SET STATISTICS 500;
COMMENT ON INDEX t_lower IS 'it''s {table}';
CREATE UNIQUE INDEX t_id ON t (id);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_id;
ALTER TABLE t CLUSTER ON t_lower;
COMMENT ON CONSTRAINT t_a ON t IS 'positive';
COMMENT ON CONSTRAINT t_b ON t IS 'unique';
COMMENT ON INDEX t_b IS 'its index';
-- @args --mode window
-- @change
DROP INDEX t_lower;
ALTER TABLE t DROP CONSTRAINT t_a;
ALTER TABLE t DROP CONSTRAINT t_b;
DROP INDEX t_id;
