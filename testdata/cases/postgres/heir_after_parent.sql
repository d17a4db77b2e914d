-- change: a column comes to a parent and changes in its heirs; expected: as native
-- source: own
-- @setup
CREATE TABLE part (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE part_eu PARTITION OF part FOR VALUES IN ('de');
INSERT INTO part SELECT g, 'de' FROM generate_series(1, 200) g;
CREATE TABLE base (id int PRIMARY KEY);
CREATE TABLE heir (x int) INHERITS (base);
CREATE TABLE third (y int) INHERITS (heir, base);
INSERT INTO third SELECT g, g, g FROM generate_series(1, 200) g;
-- @change
ALTER TABLE part ADD COLUMN c int DEFAULT 5;
ALTER TABLE part_eu ALTER COLUMN c SET DEFAULT 6;
ALTER TABLE base ADD COLUMN c int;
ALTER TABLE heir ALTER COLUMN c SET DEFAULT 6;
ALTER TABLE third ALTER COLUMN c SET DEFAULT 8;
ALTER TABLE base ALTER COLUMN c SET DEFAULT 9;
