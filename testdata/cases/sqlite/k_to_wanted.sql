-- wanted: one column more, one less, another default, an index more and a table less; expected: as native, or refused with the reason
-- source: own
-- @setup
CREATE TABLE keep (id INTEGER PRIMARY KEY, a INT, b TEXT DEFAULT 'x'); CREATE TABLE gone (id INTEGER PRIMARY KEY REFERENCES keep (id));
INSERT INTO keep VALUES (1, 1, 'y'), (2, NULL, NULL); INSERT INTO gone VALUES (1);
-- @to
CREATE TABLE keep (id INTEGER PRIMARY KEY, b TEXT DEFAULT 'x', c TEXT NOT NULL DEFAULT 'it''s; {table}');
CREATE INDEX keep_b ON keep (b COLLATE NOCASE DESC);
-- @native
ALTER TABLE keep DROP COLUMN a; ALTER TABLE keep ADD COLUMN c TEXT NOT NULL DEFAULT 'it''s; {table}'; CREATE INDEX keep_b ON keep (b COLLATE NOCASE DESC); DROP TABLE gone;
