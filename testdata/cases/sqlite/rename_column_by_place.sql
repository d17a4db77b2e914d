-- change: a column gets another name that a trigger of another table fills by its place; expected: as natively, or refused with the trigger's name
-- source: own
-- @setup
create table item(id integer primary key, a int, b text);
create table other(id integer primary key, n int);
create trigger fills after insert on other begin insert or replace into item values (new.id, new.n, 'new'); end;
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
-- @change
ALTER TABLE item RENAME COLUMN a TO c;
-- @after
INSERT INTO other VALUES (1, 2) RETURNING id;
SELECT a FROM (SELECT c AS a FROM item WHERE id = 1);
