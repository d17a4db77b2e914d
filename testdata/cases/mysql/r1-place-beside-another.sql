-- CHANGE: rename a column to a place where a later clause of the statement puts a new one, in a window, without rehearsal | EXPECT: right: the new column stands between, and the proof of the step says so | SOURCE: own
-- ARGS: --mode window --rehearse=false
CREATE TABLE t (code VARCHAR(40) NOT NULL, id INT NOT NULL, was BIT(9), c1 INT NOT NULL, PRIMARY KEY (code, id));
-- SEED 40
INSERT INTO t (code, id, was, c1) VALUES ('k{i}', {i}, b'101', {i})
-- CHANGE
ALTER TABLE t CHANGE was `new 0` BIT(9) NULL AFTER code, ADD COLUMN added INT AS (7) STORED AFTER code;
ALTER TABLE t MODIFY c1 INT NOT NULL FIRST, MODIFY id INT NOT NULL FIRST, RENAME COLUMN `new 0` TO again, DROP COLUMN added
