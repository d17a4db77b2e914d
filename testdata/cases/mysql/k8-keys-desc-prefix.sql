-- CHANGE: keys with prefixes, descending parts and comments come and go beside a wider column | EXPECT: as native | SOURCE: own, the kind of skeema index tests
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR(60), v INT NOT NULL, KEY old (name(5)), UNIQUE KEY u (v, id));
-- SEED 60
INSERT INTO t VALUES ({i}, CONCAT('n', {i} % 7), {i})
-- WRITES
UPDATE t SET name = 'n{n}' WHERE id = {i}
INSERT INTO t VALUES ({n}, 'new', {n})
-- CHANGE
ALTER TABLE t DROP KEY old, ADD KEY old (v DESC, name(3)) COMMENT 'it''s (old), {table}', ADD UNIQUE KEY u2 (id, name), MODIFY name VARCHAR(300) NOT NULL DEFAULT ''
