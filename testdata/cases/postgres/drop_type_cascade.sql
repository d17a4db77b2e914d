-- change: DROP TYPE … CASCADE takes the columns with it; expected: as native, or refused with the reason
-- source: own
-- @setup
create type st as enum('a','b'); create table t(id int primary key, s st not null default 'a'); insert into t select g, 'b' from generate_series(1,50) g;
-- @change
DROP TYPE st CASCADE;
