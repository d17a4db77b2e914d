-- change: clauses about a column that the same statement drops; expected: as native
-- source: own
-- @setup
create table t(id int primary key, a int not null default 3, b varchar(10), c int);
insert into t select g, g, g, g from generate_series(1, 2000) g;
-- @change
ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER a DROP DEFAULT, DROP COLUMN a, ALTER b TYPE text;
ALTER TABLE t ALTER COLUMN c TYPE text, DROP COLUMN c, ADD COLUMN c date;
