-- change: a file drops a type that is not there, whose name is part of another word, makes sequences, takes them for defaults, and then needs a copy; expected: as native
-- source: own
-- @setup
create table o(id bigint primary key, a int, b text, c int);
insert into o select g, g*3, 'b'||g from generate_series(1,300) g;
-- @change
comment on table o is 'has a status_old';
drop type if exists status;
create sequence sq2 as int start 5;
create sequence if not exists public."sQ3" owned by none;
alter table o alter c set default nextval('sq2');
alter table o alter b set default nextval('public."sQ3"'::regclass)::text;
alter table o alter a type bigint;
