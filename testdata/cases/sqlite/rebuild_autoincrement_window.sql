-- change: AUTOINCREMENT added by a rebuild in a window, with an index made again; expected: as natively
-- source: prisma/migrate#467
-- @args --mode window
-- @setup
create table parent(id integer primary key, name text not null);
create index parent_name on parent(name);
insert into parent values (1, 'a'), (7, 'b');
-- @change
CREATE TABLE "new_parent" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);
INSERT INTO "new_parent" ("id", "name") SELECT "id", "name" FROM "parent";
DROP TABLE "parent";
ALTER TABLE "new_parent" RENAME TO "parent";
CREATE INDEX parent_name ON parent(name);
