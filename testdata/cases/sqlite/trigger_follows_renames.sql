-- change: a trigger names a table that the file makes and renames, and a column of it, before the trigger's own table is copied; expected: as natively, by a copy
-- source: own
-- @setup
create table item(id integer primary key, a int, b text);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n from g;
-- @change
CREATE TABLE noted (id integer primary key, b text);
CREATE TRIGGER notes AFTER INSERT ON item BEGIN INSERT INTO noted(id, b) VALUES (new.id, new.b); END;
CREATE TRIGGER noted_too AFTER INSERT ON noted BEGIN UPDATE noted SET b = 'x' WHERE id = new.id; END;
ALTER TABLE noted RENAME COLUMN b TO text;
ALTER TABLE noted RENAME TO log;
CREATE UNIQUE INDEX item_b ON item (b);
