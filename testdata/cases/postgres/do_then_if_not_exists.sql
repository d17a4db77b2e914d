-- CHANGE: a block that nobody reads drops a column, and the next statement adds it if it is not there | EXPECT: as native, or refused with the reason | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id int PRIMARY KEY, z int);
-- SEED 20
INSERT INTO t VALUES ({i}, {i})
-- CHANGE
DO $$ BEGIN EXECUTE 'ALTER TABLE t DROP COLUMN z'; END $$;
ALTER TABLE t ADD COLUMN IF NOT EXISTS z int DEFAULT 7;
