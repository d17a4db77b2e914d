-- CHANGE: MariaDB: a table with a unique key USING HASH over values that fit an index is altered, and altered again | EXPECT: as native, which forgets the hash where it copies | SOURCE: own
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, d INT NOT NULL, c VARCHAR(20) NOT NULL, b TEXT, UNIQUE KEY a (d), UNIQUE KEY k (c) USING HASH, UNIQUE KEY z (d, id), UNIQUE KEY m (b(20), c));
-- SEED 300
INSERT INTO t VALUES ({i}, {i}, {i}, {i})
-- WRITES
UPDATE t SET c = {r} WHERE id = {i}
INSERT INTO t (id, d, c, b) VALUES ({n}, {n}, {n}, {n})
-- CHANGE
ALTER TABLE t ADD COLUMN e INT, ALTER d SET DEFAULT 3;
ALTER TABLE t MODIFY d BIGINT NOT NULL, ADD UNIQUE KEY o (b(10), c(5)) USING HASH;
ALTER TABLE t ADD COLUMN g INT DEFAULT 4;
ALTER TABLE t DROP KEY o, COMMENT = 'x';
