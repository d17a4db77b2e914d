-- change: ROLLBACK takes back what stands before it; expected: as native, or refused with the reason
-- source: own
-- @args --mode window --rehearse=false
-- @setup
CREATE TABLE t (a INT);
-- @change
SAVEPOINT s;
ALTER TABLE t ADD COLUMN z INT;
ROLLBACK TO s;
RELEASE s;
