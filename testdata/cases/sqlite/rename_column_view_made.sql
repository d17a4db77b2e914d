-- change: a column gets another name behind a view over a view that the same file makes; expected: as natively, or refused with the view's name
-- source: own
-- @setup
create table item(id integer primary key, a int, b text);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
-- @change
CREATE VIEW everything AS SELECT * FROM item;
CREATE VIEW some AS SELECT everything.a AS a FROM everything;
DROP VIEW some;
CREATE VIEW few AS SELECT id, a FROM item WHERE a > 5;
ALTER TABLE item RENAME COLUMN a TO c;
