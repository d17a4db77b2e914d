-- change: a column gets a new name where others need quotes, and columns come and go beside it; expected: as native, but for the place of the renamed column
-- source: own, after typeorm migrations
-- @setup
create table photo("id" int primary key, "name" varchar(50) not null, "isPublished" boolean default true, "V ""1""" int);
insert into photo select g, 'n' || g, true, g from generate_series(1,200) g;
-- @change
ALTER TABLE "photo" RENAME COLUMN "name" TO "theTitle";
ALTER TABLE "photo" DROP COLUMN "V ""1""";
ALTER TABLE "photo" ADD "views" double precision NOT NULL DEFAULT '0';
-- @native
ALTER TABLE photo ADD COLUMN "theTitle" varchar(50) NOT NULL DEFAULT ''; UPDATE photo SET "theTitle" = name; ALTER TABLE photo ALTER "theTitle" DROP DEFAULT, DROP name, DROP "V ""1""";
DO $$BEGIN ALTER TABLE photo RENAME CONSTRAINT "photo_theTitle_not_null" TO photo_name_not_null; EXCEPTION WHEN undefined_object THEN NULL; END$$; ALTER TABLE "photo" ADD "views" double precision NOT NULL DEFAULT '0';
