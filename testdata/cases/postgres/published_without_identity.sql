-- change: a published table whose rows nobody may update or delete gets another type; expected: as native
-- source: own
-- @setup
CREATE TABLE t (id int PRIMARY KEY, a int, b text DEFAULT 'x');
INSERT INTO t SELECT g, g, 'b' || g FROM generate_series(1, 500) g;
ALTER TABLE t REPLICA IDENTITY NOTHING;
CREATE PUBLICATION pub FOR TABLE t;
-- @writes
INSERT INTO t VALUES ({n}, {r}, 'w')
-- @change
ALTER TABLE t ALTER COLUMN a TYPE bigint;
