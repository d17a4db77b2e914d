-- change: rights and a comment before a type change in a schema whose name needs quotes; expected: as natively
-- source: own, 2026-11
-- @setup
create schema "My Schema";
create table "My Schema"."T t"(id int primary key, a int, b text);
create index "I" on "My Schema"."T t"(b);
insert into "My Schema"."T t" select g, g, 'o'||g from generate_series(1,300) g;
-- @change
grant select (a) on "My Schema"."T t" to public;
comment on column "My Schema"."T t".a is 'it''s "My Schema"';
comment on index "My Schema"."I" is 'i';
alter table "My Schema"."T t" alter column a type bigint;
