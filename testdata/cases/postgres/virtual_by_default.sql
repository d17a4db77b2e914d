-- change: a generated column without STORED or VIRTUAL, which is virtual on 18; then a type that needs a copy; expected: as native
-- source: own
-- @min 18
-- @setup
create table t(id int primary key, a int); insert into t select g, g from generate_series(1,100) g;
-- @change
ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (a * 2), ADD w int GENERATED ALWAYS AS ((a + 1)) CHECK (w > 0);
ALTER TABLE t ALTER COLUMN id TYPE bigint;
