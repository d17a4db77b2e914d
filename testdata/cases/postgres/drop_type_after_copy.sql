-- change: an enum is made anew, with values less, and the old type dropped, while the old table still has its column; expected: as native
-- source: prisma migrate's script for an enum
-- @setup
create type "Role" as enum ('USER','ADMIN','GONE');
create table "User"("id" text primary key, "email" text not null, "role" "Role" not null default 'USER');
create unique index "User_email_key" on "User"("email");
insert into "User" select 'c'||g, 'e'||g, (array['USER','ADMIN'])[g%2+1]::"Role" from generate_series(1,300) g;
-- @writes
update "User" set "role" = 'ADMIN' where "id" = 'c{i}'
-- @change
BEGIN;
CREATE TYPE "Role_new" AS ENUM ('USER', 'ADMIN');
ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
COMMIT;
