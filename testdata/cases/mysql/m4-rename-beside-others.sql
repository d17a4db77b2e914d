-- CHANGE: an ALTER that renames the table beside other clauses, and one on the new name | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, x INT, KEY on_x (x));
-- SEED 20
INSERT INTO t VALUES ({i}, {i})
-- CHANGE
ALTER TABLE t RENAME TO `new name`, MODIFY x BIGINT NOT NULL, ADD COLUMN y INT, DROP KEY on_x;
ALTER TABLE `new name` ADD COLUMN z INT
