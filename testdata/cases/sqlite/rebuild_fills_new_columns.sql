-- change: a rebuild fills new columns with values that are not their defaults, gives columns by place and names them with their table; expected: as natively
-- source: own, the kinds that Django and Alembic write
-- @setup
create table "User" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" text NOT NULL, name text);
create table club (id integer primary key);
insert into "User" with recursive g(n) as (select 1 union all select n + 1 from g where n < 40000) select n, n || '@x', 'n' || n from g;
-- @writes
update "User" set email = {r} || '@y' where id = {i}
insert into "User" (email) values ({n})
-- @change
BEGIN;
CREATE TABLE "new__User" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" text NOT NULL, name text, "age" integer unsigned NULL CHECK ("age" >= 0), "kind" varchar(9) NOT NULL, club integer NULL REFERENCES club (id) DEFERRABLE INITIALLY DEFERRED, size int DEFAULT 5 CHECK (size < 100));
INSERT INTO "new__User" ("id", "email", name, "age", "kind", club, size) SELECT "id", "User"."email", name, NULL, 'none', NULL, 7 FROM "User";
DROP TABLE "User";
ALTER TABLE "new__User" RENAME TO "User";
COMMIT;
CREATE TABLE tmp_user (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, email text NOT NULL, name text, age integer unsigned NULL CHECK ("age" >= 0), kind varchar(9) NOT NULL, club integer NULL REFERENCES club (id) DEFERRABLE INITIALLY DEFERRED, size int DEFAULT 6 CHECK (size < 100));
INSERT INTO tmp_user SELECT "User".id, email, name, age, kind, club, size FROM "User";
DROP TABLE "User";
ALTER TABLE tmp_user RENAME TO "User";
