-- change: the same in a window; expected: as natively
-- source: own
-- @setup
create table item(code text not null primary key, n integer);
insert into item values ('a', 1), ('b', 2);
-- @args --mode window
-- @change
CREATE TABLE __new_item (code TEXT NOT NULL PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO __new_item (code, n) SELECT code, n FROM item;
DROP TABLE item;
ALTER TABLE __new_item RENAME TO item;
