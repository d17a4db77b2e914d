-- change: tables whose rows refer to rows of their own, with each thing that a delete may do, are copied; expected: as native
-- source: own
-- @setup
create table plain(id int primary key, up int constraint plain_up references plain, n int);
create table casc(id int primary key, up int constraint casc_up references casc on delete cascade, n int);
create table nulls(id int primary key, up int constraint nulls_up references nulls on delete set null on update cascade, n int);
create table later(id int primary key, up int constraint later_up references later deferrable initially deferred, n int);
insert into plain select g, nullif(g/2, 0), g from generate_series(1,1200) g; insert into casc select g, nullif(g/2, 0), g from generate_series(1,1200) g;
insert into nulls select g, nullif(g/2, 0), g from generate_series(1,1200) g; insert into later select g, nullif(g/2, 0), g from generate_series(1,1200) g;
-- @change
ALTER TABLE plain ALTER COLUMN n TYPE bigint;
ALTER TABLE casc ALTER COLUMN n TYPE bigint;
ALTER TABLE nulls ALTER COLUMN n TYPE bigint;
ALTER TABLE later ALTER COLUMN n TYPE bigint;
