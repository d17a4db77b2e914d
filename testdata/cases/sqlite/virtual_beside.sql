-- change: a table loses a column whose triggers keep two virtual tables, one of them made by the file; expected: as natively, by a copy
-- source: own
-- @setup
create table item(id integer primary key, a int, b int);
create virtual table spans using rtree(id, low, high);
create trigger item_in after insert on item begin insert into spans values (new.id, new.b, new.b); end;
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, n from g;
-- @change
CREATE VIRTUAL TABLE more USING rtree(id, low, high);
CREATE TRIGGER item_more AFTER INSERT ON item BEGIN INSERT INTO more VALUES (new.id, new.b, new.b); END;
ALTER TABLE item DROP COLUMN a;
