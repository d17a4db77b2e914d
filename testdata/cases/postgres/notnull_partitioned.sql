-- change: NOT NULL for a column of a partitioned table in which a row has none; expected: the server's refusal, before anything is begun
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int) partition by range (id);
create table t_rest partition of t default;
insert into t select g, nullif(g, 7) from generate_series(1,300) g;
-- @change
alter table t alter column a set not null;
