-- change: statistics, a trigger and a view go before a type change and others come after it, in one file; expected: as natively
-- source: own, 2026-11
-- @setup
create table t(id int primary key, a int, b text);
insert into t select g, g, 'o'||g from generate_series(1,3000) g;
create view v as select id, a from t; grant select on v to public;
create view w as select id, b from t;
create trigger x before update on t for each row execute function suppress_redundant_updates_trigger();
create statistics st on a, b from t;
-- @change
drop statistics st;
drop trigger x on t;
drop view v;
create view early as select id from t;
alter table t alter column a type bigint;
create view v as select id, a, b from t;
create trigger y before update on t for each row execute function suppress_redundant_updates_trigger();
create statistics st2 on a, b from t;
