-- wanted: an index with another condition and one with other columns, of the same names; expected: as native
-- source: own
-- @setup
create table a(id int primary key, w int, v int); insert into a select g, g, g from generate_series(1,50) g;
create index i1 on a(w) where w > 3; create unique index i2 on a(v);
-- @to
create table a(id int primary key, w int, v int);
create index i1 on a(w) where w > 4; create unique index i2 on a(v, w desc);
-- @native
drop index i1; create index i1 on a(w) where w > 4; drop index i2; create unique index i2 on a(v, w desc);
