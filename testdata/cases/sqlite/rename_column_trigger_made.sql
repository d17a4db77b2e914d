-- change: a column gets another name behind a trigger of another table that the same file makes; expected: as natively, or refused with the trigger's name
-- source: own
-- @setup
create table item(id integer primary key, a int, b text);
create table other(id integer primary key, n int);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
-- @change
CREATE TRIGGER passes AFTER INSERT ON other BEGIN UPDATE item SET a = new.n WHERE id = new.id; END;
ALTER TABLE item RENAME COLUMN a TO c;
