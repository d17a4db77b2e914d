-- change: SET, SET LOCAL and RESET of search_path say which of two tables of one name each statement is about; expected: as native
-- source: own, after flyway and pg_dump scripts
-- @setup
create schema app; create table app.t(id int primary key, a int); create table public.t(id int primary key, a int); create table public.only_here(id int primary key, a int);
create type app.mood as enum('x'); create function app.seven() returns int language sql immutable as 'select 7';
insert into app.t select g,g from generate_series(1,90) g; insert into public.t select g,g from generate_series(1,9) g;
-- @change
SET search_path TO app, public;
ALTER TABLE t ADD COLUMN m mood DEFAULT 'x';
COMMENT ON TABLE t IS 'the one of app';
CREATE TABLE made (i int PRIMARY KEY);
ALTER TABLE only_here ADD COLUMN z int;
RESET search_path;
ALTER TABLE t ADD COLUMN z int;
BEGIN;
SET LOCAL search_path = app;
ALTER TABLE t ADD COLUMN y int;
COMMIT;
ALTER TABLE t ADD COLUMN x int;
SELECT set_config('search_path', 'app', false);
ALTER TABLE t ADD COLUMN w int DEFAULT 3;
RESET search_path;
