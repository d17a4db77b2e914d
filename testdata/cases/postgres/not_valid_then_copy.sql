-- change: a check that is not valid comes, then a copy; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int, b int); insert into t select g, nullif(g % 3, 0), g from generate_series(1,200) g;
-- @writes
update t set b = {r}, a = 1 where id = {i}
-- @change
ALTER TABLE t ADD CONSTRAINT a_there CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t ALTER COLUMN b TYPE bigint;
