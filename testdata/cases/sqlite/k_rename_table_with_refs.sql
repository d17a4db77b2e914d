-- change: a table that a foreign key, a trigger, a view and an index name gets another name, then a column; expected: as native
-- source: own
-- @setup
CREATE TABLE par (id INTEGER PRIMARY KEY, v INT); CREATE TABLE kid (id INTEGER PRIMARY KEY, p INT REFERENCES par (id) ON DELETE CASCADE);
CREATE INDEX par_v ON par (v) WHERE v > 3;
INSERT INTO par VALUES (1, 5), (2, 6); INSERT INTO kid VALUES (1, 1), (2, 2);
-- @args --mode window
-- @change
ALTER TABLE par RENAME TO "par""ent";
ALTER TABLE "par""ent" ADD COLUMN note TEXT NOT NULL DEFAULT 'it''s -- {table}; ';
