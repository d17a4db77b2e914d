-- change: two tables that a foreign key joins lose a column each; expected: as natively, by two copies
-- source: own
-- @setup
create table par(id integer primary key, a int, b text);
create table item(id integer primary key, p int references par(id), c int);
insert into par with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, n from g;
-- @change
ALTER TABLE item DROP COLUMN c;
ALTER TABLE par DROP COLUMN a;
