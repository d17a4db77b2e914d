-- change: the type of a column that a view reads, as second statement; expected: the server's refusal, before anything is begun
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int, b text);
insert into t select g, g, 'o'||g from generate_series(1,300) g;
create view v as select id, a from t;
-- @change
alter table t add column n int;
alter table t alter column a type bigint;
