-- change: a column becomes a domain that one of its rows does not fit; expected: refused as natively
-- source: own
-- @setup
create domain pos as bigint constraint pos_check check (value > 0);
create table bill(id int primary key, amount int); insert into bill select g, g - 1 from generate_series(1,300) g;
-- @change
ALTER TABLE bill ALTER COLUMN amount TYPE pos;
