-- change: a column goes from a table whose rows have a rowid beside their key; expected: as natively, by a copy
-- source: own
-- @setup
create table item(id integer primary key desc, a int, b text);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
-- @change
ALTER TABLE item DROP COLUMN b;
