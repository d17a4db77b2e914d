-- change: the database's search_path has two schemas, and types and functions of the second are named; expected: as native
-- source: own
-- @setup
create schema app; create schema other; create domain other.d as text check (value <> ''); create type other.st as enum('a','b'); create function other.ff(int) returns int language sql immutable as 'select $1 + 1';
set search_path = app, other;
create table app.t(id int primary key, a text, b text default 'a', n int); insert into app.t select g,g,'a',g from generate_series(1,200) g;
do $$begin execute format('alter database %I set search_path = app, other', current_database()); end$$;
-- @change
ALTER TABLE t ALTER b DROP DEFAULT, ALTER b TYPE st USING b::st, ALTER b SET DEFAULT 'b', ALTER a TYPE d, ALTER n TYPE bigint USING ff(n);
ALTER TABLE t ADD COLUMN z st DEFAULT 'a', ADD COLUMN y int DEFAULT ff(4);
