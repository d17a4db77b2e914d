-- change: indexes and constraints that the file makes are named with their schema by what follows; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int);
insert into t select g, g from generate_series(1, 2000) g;
-- @change
create index ti on public.t (a);
comment on index public.ti is 'new';
alter table public.t add constraint tc unique (a);
comment on index public.tc is 'unique';
alter index public.tc rename to td;
comment on index public.td is 'renamed';
create table public.n (id int);
create index ni on public.n (id);
comment on index public.ni is 'of a new table';
-- @after
select indexname from pg_indexes where tablename in ('t', 'n') order by 1;
