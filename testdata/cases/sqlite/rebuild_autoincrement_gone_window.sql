-- change: in a window a rebuild leaves AUTOINCREMENT out; expected: as natively, and its value is gone with the old table
-- source: generated, seed 7000 and on
-- @args --mode window
-- @setup
create table parent(id integer primary key autoincrement, name text not null);
insert into parent values (1, 'a'), (7, 'b');
delete from parent where id = 7;
-- @change
CREATE TABLE "new_parent" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL);
INSERT INTO "new_parent" ("id", "name") SELECT "id", "name" FROM "parent";
DROP TABLE "parent";
ALTER TABLE "new_parent" RENAME TO "parent";
-- @after
select * from sqlite_sequence
