-- change: a computed column and indexes over it, one of them partial; expected: as native
-- source: own
-- @setup
CREATE TABLE item (id INTEGER PRIMARY KEY, price INT NOT NULL DEFAULT 1, name TEXT COLLATE NOCASE, CHECK (price >= 0));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO item SELECT i, i, 'it''s ' || i FROM n;
-- @change
ALTER TABLE item ADD COLUMN twice INT GENERATED ALWAYS AS (price * 2) VIRTUAL;
CREATE INDEX item_twice ON item (twice DESC) WHERE price > 10;
CREATE UNIQUE INDEX item_name ON item (name, id);
