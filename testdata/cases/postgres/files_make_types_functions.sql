-- change: a file makes an enum, a domain, a function and a trigger, uses them with and without their schema, renames a column beside quoted ones, and then needs a copy; expected: as native
-- source: own, after typeorm, supabase and hasura migrations
-- @setup
create table photo("id" int primary key, "name" varchar(50) not null, "isPublished" boolean default true, views int, n int);
insert into photo select g, 'n' || g, true, g, g from generate_series(1,200) g;
-- @change
CREATE TYPE "public"."photoStatus" AS ENUM ('draft', 'live');
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE DOMAIN public.small AS int CHECK (VALUE < 100000);
CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.views := coalesce(NEW.views, 0); RETURN NEW; END; $$;
CREATE FUNCTION twice(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
CREATE TRIGGER t1 BEFORE INSERT ON photo FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER t2 BEFORE INSERT ON public.photo FOR EACH ROW EXECUTE PROCEDURE "public"."touch"();
ALTER TABLE "photo" ADD "status" "public"."photoStatus" NOT NULL DEFAULT 'draft', ADD m public.mood DEFAULT 'ok', ADD m2 mood;
CREATE INDEX ON photo ((public.twice(n)));
ALTER TABLE photo ALTER n TYPE bigint USING twice(n);
ALTER TABLE "photo" ADD "createdAt" int NOT NULL DEFAULT 5;
