-- change: a table whose columns have computed defaults and one in double quotes gets another type; expected: as natively
-- source: own
-- @setup
create table t(id integer primary key, a text not null, b integer not null default (1+1), c text default "dq");
insert into t (id, a) with recursive g(n) as (select 1 union all select n + 1 from g where n < 3000) select n, n from g;
-- @writes
update t set c = {r} where id = {i}
insert into t (id, a) values ({n}, 'new')
-- @change
CREATE TABLE t_new(id integer primary key, a integer not null, b integer not null default (1+1), c text default "dq");
INSERT INTO t_new SELECT * FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
