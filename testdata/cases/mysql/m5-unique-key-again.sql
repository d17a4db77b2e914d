-- CHANGE: a unique key goes and another of its name comes, in one statement and in two | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, KEY k (a), UNIQUE KEY u (b));
-- SEED 20
INSERT INTO t VALUES ({i}, {i}, {i})
-- WRITES
UPDATE t SET a = {r} WHERE id = {i}
-- CHANGE
ALTER TABLE t DROP KEY k, ADD KEY k (a, b), DROP KEY u, ADD UNIQUE KEY u (b, id), MODIFY a BIGINT;
ALTER TABLE t DROP KEY u;
ALTER TABLE t ADD UNIQUE KEY u (b, a)
