-- change: a column that a trigger names goes; expected: refused as natively
-- source: own
-- @setup
CREATE TABLE doc (id INTEGER PRIMARY KEY, body TEXT, n INT); CREATE TABLE log (x);
CREATE TRIGGER doc_u AFTER UPDATE OF n ON doc BEGIN INSERT INTO log VALUES (NEW.n); END;
INSERT INTO doc VALUES (1, 'a', 1);
-- @change
ALTER TABLE doc DROP COLUMN n;
