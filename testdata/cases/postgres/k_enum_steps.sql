-- change: an enum's value gets another name, another is put in between, and a column's default names both; expected: as native
-- source: own
-- @setup
create type st as enum ('a', 'it''s', 'z'); create table job(id int primary key, s st not null default 'a', t st);
insert into job select g, 'a', 'z' from generate_series(1,200) g;
-- @change
ALTER TYPE st RENAME VALUE 'it''s' TO 'b"b';
ALTER TYPE st ADD VALUE IF NOT EXISTS 'c' BEFORE 'z';
ALTER TABLE job ALTER COLUMN s SET DEFAULT 'b"b', ALTER COLUMN t SET DEFAULT 'c';
