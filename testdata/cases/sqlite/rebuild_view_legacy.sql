-- change: the same with legacy_alter_table, under which SQLite does it; expected: done
-- source: own
-- @setup
create table doc(id integer primary key, n int);
create view seen as select id, n from doc where n > 0;
with recursive k(i) as (select 1 union all select i+1 from k where i < 5000) insert into doc select i, i from k;
-- @change
PRAGMA legacy_alter_table = ON;
CREATE TABLE new_doc (id integer primary key, n text);
INSERT INTO new_doc (id, n) SELECT id, n FROM doc;
DROP TABLE doc;
ALTER TABLE new_doc RENAME TO doc;
PRAGMA legacy_alter_table = OFF;
