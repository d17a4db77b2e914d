-- CHANGE: a routine goes, and then tables that are not there or are there already | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT NOT NULL PRIMARY KEY);
-- SEED 20
INSERT INTO t VALUES ({i})
-- CHANGE
DROP PROCEDURE IF EXISTS refill;
DROP TABLE IF EXISTS gone;
CREATE TABLE IF NOT EXISTS t (id INT NOT NULL PRIMARY KEY);
ALTER TABLE t ADD COLUMN n INT
