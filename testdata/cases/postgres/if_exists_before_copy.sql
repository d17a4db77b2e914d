-- change: a statement about a table that is not there, before a copy of another; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int); insert into t select g, g from generate_series(1,300) g;
-- @change
ALTER TABLE IF EXISTS nope ALTER a TYPE bigint; ALTER TABLE IF EXISTS nope RENAME COLUMN a TO b; ALTER TABLE t ALTER a TYPE bigint;
