-- change: columns that were added to rows that are there get another default by a rebuild, or lose it; expected: as natively, the rows keep what they read
-- source: own
-- @setup
create table item(id integer primary key, name text);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 3000) select n, 'n' || n from g;
alter table item add column a int default 5;
alter table item add column b text;
alter table item add column c text not null default 'was';
insert into item values (5000, 'n20', 1, 'b', 'c');
-- @writes
update item set name = {r} where id = {i}
insert into item (id, name) values ({n}, 'new')
-- @change
CREATE TABLE new_item (id integer primary key, name text, a int, b text default 'later', c text not null default 'is');
INSERT INTO new_item (id, name, a, b, c) SELECT id, name, a, b, c FROM item;
DROP TABLE item;
ALTER TABLE new_item RENAME TO item;
