-- change: a column goes beside a partial index, others over expressions and collations, checks, a computed column and a view over a view of another table; expected: as natively, by a copy
-- source: own
-- @setup
create table item(id integer primary key, a int check (a > 0), b text, c int, d int as (a + 1), check (length(b) > 0));
create table other(id integer primary key, n int);
create view first as select id, n from other;
create view second as select item.id, first.n, item.b from item join first on first.id = item.id;
create index item_p on item(a) where a > 5;
create index item_e on item(a + 1, b desc);
create index item_c on item(b collate nocase);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n, n from g;
-- @writes
update item set a = {r} + 1, b = 'w{n}' where id = {i}
-- @change
ALTER TABLE item DROP COLUMN c;
