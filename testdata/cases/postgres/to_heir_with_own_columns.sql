-- wanted: a new table whose columns and check are its own and its parent's too; expected: as natively, so that they stay when the parent's go
-- source: own
-- @setup
create table par(id int, a text default 'p', constraint positive check (id > 0));
insert into par select g, 'x' from generate_series(1,50) g;
-- @to
create table par(id int, a text default 'p', constraint positive check (id > 0));
create table kid2(id int, a text default 'k', b int, constraint positive check (id > 0));
alter table kid2 inherit par;
create table kid3(c int) inherits (par);
-- @native
create table kid2(id int, a text default 'k', b int, constraint positive check (id > 0));
alter table kid2 inherit par;
create table kid3(c int) inherits (par);
-- @after
select attrelid::regclass::text, attname, attislocal, attinhcount from pg_attribute where attnum > 0 and attrelid in ('kid2'::regclass, 'kid3'::regclass) order by 1, 2;
select conrelid::regclass::text, conname, conislocal, coninhcount from pg_constraint where conrelid in ('kid2'::regclass, 'kid3'::regclass) order by 1, 2
