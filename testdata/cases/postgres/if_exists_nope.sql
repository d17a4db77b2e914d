-- change: ALTER TABLE IF EXISTS on a table that is not there; expected: done, nothing is changed
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int);
-- @change
alter table if exists nope add column x int, alter column a type bigint;
alter table if exists nope rename to other;
alter table if exists nope rename column a to b;
