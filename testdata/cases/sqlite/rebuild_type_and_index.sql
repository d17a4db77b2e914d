-- change: Rails' rebuild: a column's type, with its indexes made again; expected: done, and one index that no statement makes again is gone
-- source: rails/rails (alter_table of the SQLite adapter)
-- @setup
create table "users" ("id" integer not null primary key autoincrement, "name" varchar(20) default 'x' collate nocase, "age" integer);
create unique index "users_name" on "users" ("name" collate nocase) where "name" is not null;
create index "users_age" on "users" ("age" desc); create index "users_long" on "users" (length("name"));
with recursive n(i) as (select 1 union all select i+1 from n where i < 500) insert into users(name, age) select 'u'||i, i from n;
-- @writes
UPDATE users SET age = {r} WHERE id = {i}
INSERT INTO users (name, age) VALUES ('w{n}', {n})
DELETE FROM users WHERE id = {i} AND id % 7 = 0
-- @change
PRAGMA foreign_keys=OFF;
BEGIN;
CREATE TABLE "ausers" ("id" integer not null primary key autoincrement, "name" varchar(20) default 'x' collate nocase, "age" text);
INSERT INTO "ausers" ("id","name","age") SELECT "id","name","age" FROM "users";
DROP TABLE "users";
ALTER TABLE "ausers" RENAME TO "users";
CREATE UNIQUE INDEX "users_name" on "users" ("name" collate nocase) where "name" is not null;
CREATE INDEX "users_long" on "users" (length("name"));
COMMIT;
PRAGMA foreign_keys=ON;
