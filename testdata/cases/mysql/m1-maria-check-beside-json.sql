-- CHANGE: checks without names beside columns that have checks of their own, JSON columns too | EXPECT: as native | SOURCE: own
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT, s VARCHAR(20), j JSON, o INT CHECK (o > 0), x JSON, CHECK (n > -5));
-- SEED 300
INSERT INTO t VALUES ({i}, {i}, 's{i}', '{"a": 1}', 5, '[]')
-- CHANGE
ALTER TABLE t ADD CHECK (CHAR_LENGTH(s) < 200);
ALTER TABLE t ADD COLUMN q INT CHECK (q IS NULL), ADD CHECK (n > -7);
ALTER TABLE t MODIFY x LONGTEXT, ADD CHECK (n > -8);
ALTER TABLE t ADD COLUMN k JSON;
ALTER TABLE t DROP COLUMN o, ADD CHECK (n > -9)
