-- CHANGE: columns with defaults that are expressions, beside one that is rewritten | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, w VARCHAR(20));
-- SEED 20
INSERT INTO t VALUES ({i}, {i}, CONCAT('w', {i}))
-- WRITES
UPDATE t SET v = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t ADD COLUMN j JSON NOT NULL DEFAULT (JSON_OBJECT('a', 1, 'b', 'it''s')), ADD COLUMN x VARCHAR(40) DEFAULT (CONCAT('<', 1 + 1, '>')) AFTER id, MODIFY v BIGINT NOT NULL
