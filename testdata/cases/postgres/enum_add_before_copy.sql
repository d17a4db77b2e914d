-- change: an enum gets values before tables are copied, and one that uses the new values; expected: as native
-- source: own
-- @setup
create TYPE mood AS ENUM ('a'); CREATE TABLE o (id serial PRIMARY KEY, m mood DEFAULT 'a', c int); CREATE TABLE k (id int PRIMARY KEY, n int, w text);
INSERT INTO o(c) SELECT g FROM generate_series(1,500) g; INSERT INTO k SELECT g,g,'b' FROM generate_series(1,500) g;
-- @change
ALTER TYPE mood ADD VALUE 'b';
ALTER TABLE k ALTER n TYPE bigint;
ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'c' BEFORE 'b';
ALTER TABLE o ALTER c TYPE bigint, ALTER m SET DEFAULT 'b';
ALTER TABLE k ALTER w TYPE mood USING w::mood;
