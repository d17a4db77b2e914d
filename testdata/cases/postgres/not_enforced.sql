-- change: a check and a foreign key that are NOT ENFORCED, beside columns that make a copy; expected: as native
-- source: own
-- @min 18
-- @setup
create table u(id int primary key); create table t(id int primary key, x int); insert into t select g,g from generate_series(1,200) g;
-- @change
ALTER TABLE t ADD CONSTRAINT k CHECK (x > 500) NOT ENFORCED;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES u NOT ENFORCED;
ALTER TABLE t ADD COLUMN s int GENERATED ALWAYS AS (x * 3) STORED; ALTER TABLE t ADD CONSTRAINT k2 CHECK (x > 700) NOT ENFORCED;
