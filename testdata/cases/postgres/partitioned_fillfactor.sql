-- change: a storage parameter of a partitioned table; expected: refused before anything is begun
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int) partition by range (id);
create table t_rest partition of t default;
-- @change
alter table t set (fillfactor = 60);
