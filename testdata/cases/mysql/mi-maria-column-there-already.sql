-- CHANGE: a column that is there already, with a check and a key of its own beside IF NOT EXISTS | EXPECT: as natively, which makes the key and no check | SOURCE: own
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c INT, d INT);
INSERT INTO t VALUES (1,1,1),(2,2,2),(3,3,3);
-- CHANGE
ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT NOT NULL DEFAULT 4 UNIQUE CHECK (c > 5);
ALTER TABLE t ADD COLUMN IF NOT EXISTS e INT CHECK (e > 5), MODIFY d BIGINT
