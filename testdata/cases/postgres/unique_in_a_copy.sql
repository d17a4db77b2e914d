-- change: a unique constraint comes with a copy, over a column whose values others change; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int, b text);
insert into t select g, g, 'b' || g from generate_series(1, 2000) g;
-- @writes
update t set b = 'n' || {r} || {i} where id = {i}
-- @change
ALTER TABLE t ALTER id TYPE bigint, ADD CONSTRAINT u UNIQUE (a), ADD CONSTRAINT w UNIQUE (b);
