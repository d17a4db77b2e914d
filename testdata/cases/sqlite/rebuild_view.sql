-- change: a rebuild of a table that a view names; expected: refused, as by SQLite: error in view seen: no such table
-- source: own
-- @setup
create table doc(id integer primary key, n int);
create view seen as select id, n from doc where n > 0;
insert into doc values (1, 1);
-- @change
CREATE TABLE new_doc (id integer primary key, n text);
INSERT INTO new_doc (id, n) SELECT id, n FROM doc;
DROP TABLE doc;
ALTER TABLE new_doc RENAME TO doc;
