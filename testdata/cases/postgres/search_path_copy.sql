-- change: search_path is set, the first table of the name is copied, and RESET makes the next statement one about the other; expected: as native
-- source: own
-- @setup
create schema app; create table app.t(id int primary key, a int); create table public.t(id int primary key, a int);
insert into app.t select g,g from generate_series(1,90) g; insert into public.t select g,g from generate_series(1,9) g;
-- @writes
update app.t set a = {r} where id = {i}
-- @change
SET search_path TO app;
ALTER TABLE t ALTER COLUMN a TYPE bigint;
RESET search_path;
ALTER TABLE t ADD COLUMN z int;
