-- change: a column goes from a table whose key has parts in both directions; expected: as natively, or refused with that reason
-- source: own
-- @setup
create table item(id int, a int, b text, c int, primary key (id desc, b)) without rowid;
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n, n from g;
-- @change
ALTER TABLE item DROP COLUMN c;
