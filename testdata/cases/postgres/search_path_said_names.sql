-- change: the script sets a search_path, under which functions, types and a sequence are others than without it, also in USING, a check, an index and what the script itself makes; expected: as native
-- source: own
-- @setup
create schema b; create table t(id int primary key, x int, s text not null, n int); insert into t select g,g,'a',g from generate_series(1,200) g;
create function public.ff(int) returns int language sql immutable as 'select $1+1000'; create function b.ff(int) returns int language sql immutable as 'select $1';
create type public.st as enum('a','c'); create type b.st as enum('a','b'); create type b."Odd" as enum('a'); create sequence public.sq start 500; create sequence b.sq;
create type public.made as enum('a','z');
-- @change
SET search_path TO b, public;
CREATE TYPE made AS ENUM ('a', 'made');
ALTER TABLE t ALTER x TYPE bigint USING ff(x); ALTER TABLE t ADD COLUMN z int DEFAULT ff(3), ADD COLUMN q int NOT NULL DEFAULT 1;
ALTER TABLE t ADD CONSTRAINT c CHECK (ff(n) < 500000); CREATE INDEX ON t ((ff(n)));
ALTER TABLE t ALTER s TYPE st USING s::st; ALTER TABLE t ADD COLUMN o "Odd"[] DEFAULT array['a']::"Odd"[], ADD COLUMN m made DEFAULT 'made';
ALTER TABLE t ALTER q SET DEFAULT nextval('sq');
RESET search_path;
ALTER TABLE t ALTER n SET DEFAULT ff(1);
