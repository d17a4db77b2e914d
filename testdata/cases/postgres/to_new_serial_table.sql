-- wanted: new tables with serial keys beside one that is there, whose key gets a sequence; expected: as native
-- source: own
-- @setup
create schema "A b"; create table "A b".a(id int primary key, w int); insert into "A b".a select g, g from generate_series(1,50) g;
-- @to
create schema "A b"; create table "A b".a(id int primary key, w int, n serial);
create table b(id serial primary key, a int references "A b".a); create table "A b"."B d"(i bigserial primary key);
comment on table b is 'x'; create index on b((a + 1));
-- @native
alter table "A b".a add n serial; create table b(id serial primary key, a int references "A b".a); create table "A b"."B d"(i bigserial primary key);
comment on table b is 'x'; create index on b((a + 1));
