-- change: statements that share a copy give and take what one statement would do in another order: defaults, NOT NULL, a check, a new column's own; expected: as native
-- source: own, after django's ADD COLUMN … DEFAULT … NOT NULL and DROP DEFAULT
-- @setup
create table t(id int primary key, n int, a int not null, b int, c text default 'x'); insert into t select g,g,g,g,g from generate_series(1,200) g;
-- @change
ALTER TABLE t ALTER n TYPE bigint;
ALTER TABLE t ADD COLUMN z varchar(50) DEFAULT 'x' NOT NULL; ALTER TABLE t ALTER z DROP DEFAULT; CREATE INDEX tz ON t (z);
ALTER TABLE t ALTER b SET DEFAULT 5; ALTER TABLE t ALTER b DROP DEFAULT;
ALTER TABLE t ALTER b SET NOT NULL; ALTER TABLE t ALTER b DROP NOT NULL;
ALTER TABLE t ADD COLUMN y int DEFAULT 3 NOT NULL; ALTER TABLE t ALTER y DROP NOT NULL; ALTER TABLE t ALTER y SET DEFAULT 4;
ALTER TABLE t ALTER a DROP NOT NULL; ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t ALTER c DROP DEFAULT; ALTER TABLE t ALTER c SET DEFAULT 'y';
ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0); ALTER TABLE t DROP CONSTRAINT k; ALTER TABLE t ADD CONSTRAINT k CHECK (a > -1);
