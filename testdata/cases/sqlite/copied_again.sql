-- change: one column goes, and one comes whose default stands before its other clauses, each by a copy; expected: as natively
-- source: own
-- @setup
create table item(id integer primary key, a int, b text, c real, d blob);
insert into item with recursive g(n) as (select 1 union all select n + 1 from g where n < 15000) select n, n, 'b' || n, n, n from g;
-- @writes
update item set a = {r} where id = {i}
-- @change
ALTER TABLE item DROP COLUMN c;
CREATE TRIGGER noted AFTER UPDATE OF b ON item BEGIN SELECT 1; END;
ALTER TABLE item ADD COLUMN e int NULL DEFAULT null REFERENCES item (id) ON DELETE CASCADE CHECK (e > 4);
