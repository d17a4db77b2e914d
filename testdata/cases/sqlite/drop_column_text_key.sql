-- change: a column goes from a table whose text key may hold NULL, but does not; expected: as natively, by a copy
-- source: own
-- @setup
create table item(id text primary key collate nocase, a int, b text collate rtrim unique);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select iif(n % 2, 'K', 'k') || n, n, 'b' || n from g;
-- @change
ALTER TABLE item DROP COLUMN a;
