-- change: the wanted schema has a new schema with a type and a table; expected: as native
-- source: own
-- @setup
create schema a;
create table a.t(id int primary key);
insert into a.t select g from generate_series(1, 2000) g;
-- @to
create schema a;
create schema "B b";
create type "B b".mood as enum ('glad');
create table a.t(id int primary key, x int);
create table "B b".t(id int primary key, m "B b".mood, r int references a.t);
-- @native
create schema "B b";
create type "B b".mood as enum ('glad');
alter table a.t add x int;
create table "B b".t(id int primary key, m "B b".mood, r int references a.t);
-- @after
select nspname from pg_namespace where nspname in ('a', 'B b') order by 1;
