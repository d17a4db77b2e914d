-- change: a column that must have a value is added to a table with rows, beside a clause that needs a copy; expected: the server's refusal, before anything is begun
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int);
insert into t select g, g from generate_series(1,300) g;
-- @args --rehearse=false
-- @change
alter table t alter column a type bigint, add column n text not null;
