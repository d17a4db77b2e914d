-- change: a view and a trigger that use a column go, the column goes, they come anew without it, and the table is copied again; expected: as natively
-- source: own
-- @setup
create table item(id integer primary key, a int, b text, c int);
create view seen as select id, c from item;
create trigger noted after insert on item begin update item set c = 3 where id = new.id; end;
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n, n from g;
-- @writes
update item set a = {r} where id = {i}
-- @change
DROP VIEW seen;
DROP TRIGGER noted;
ALTER TABLE item DROP COLUMN c;
CREATE VIEW seen AS SELECT id, a FROM item;
CREATE TRIGGER noted AFTER INSERT ON item BEGIN UPDATE item SET a = 3 WHERE id = new.id; END;
CREATE INDEX item_a ON item (a) WHERE a > 4;
