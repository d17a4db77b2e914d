-- CHANGE: a table whose FULLTEXT key numbers its rows by a column of the user's, which InnoDB lets only grow | EXPECT: refused, for a row that changes meanwhile is written again (error 182) | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, FTS_DOC_ID BIGINT UNSIGNED NOT NULL, b TEXT, c INT, UNIQUE KEY FTS_DOC_ID_INDEX (FTS_DOC_ID), FULLTEXT KEY ft (b));
-- SEED 20
INSERT INTO t VALUES ({i}, {i}, 'word {i}', {i})
-- CHANGE
ALTER TABLE t MODIFY c BIGINT
