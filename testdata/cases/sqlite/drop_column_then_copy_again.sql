-- change: a stored generated column is dropped by a copy, then another copy builds an index; expected: as natively, the column stays dropped
-- source: own
-- @setup
create table t(id integer primary key, a integer generated always as (id is null) stored, b integer generated always as (id is null) stored, c text);
insert into t(id, c) with recursive g(n) as (select 1 union all select n + 1 from g where n < 3000) select n, 'n' || n from g;
-- @writes
update t set c = {r} where id = {i}
-- @change
ALTER TABLE t DROP COLUMN a;
CREATE INDEX made ON t (b COLLATE NOCASE);
ALTER TABLE t ADD COLUMN added INTEGER GENERATED ALWAYS AS (7) VIRTUAL;
