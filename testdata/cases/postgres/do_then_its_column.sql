-- CHANGE: a block that nobody reads adds a column, and the next statement changes it | EXPECT: as native, or refused with the reason | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id int PRIMARY KEY);
-- SEED 20
INSERT INTO t VALUES ({i})
-- CHANGE
DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD COLUMN z int'; END $$;
ALTER TABLE t ALTER COLUMN z SET DEFAULT 7;
