-- change: a rebuild that makes the table STRICT and WITHOUT ROWID; expected: both are there, or refused (they were lost, with exit 0)
-- source: own; Drizzle writes rebuilds like this
-- @setup
create table item(code text not null primary key, n integer);
insert into item values ('a', 1), ('b', 2);
-- @change
CREATE TABLE __new_item (code TEXT NOT NULL PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO __new_item (code, n) SELECT code, n FROM item;
DROP TABLE item;
ALTER TABLE __new_item RENAME TO item;
