-- change: the wanted schema has a new index with a comment; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int);
insert into t select g, g from generate_series(1, 2000) g;
-- @to
create table t(id int primary key, a int);
create index ti on t (a);
comment on index ti is 'new';
-- @native
create index ti on t (a);
comment on index ti is 'new';
-- @after
select obj_description('ti'::regclass, 'pg_class');
