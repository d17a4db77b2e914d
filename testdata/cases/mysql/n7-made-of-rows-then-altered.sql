-- CHANGE: a table that is made out of rows, then altered | EXPECT: as native, or refused for what is not known of it | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT);
-- SEED 50
INSERT INTO t VALUES ({i}, {i})
-- CHANGE
CREATE TABLE made AS SELECT * FROM t;
ALTER TABLE made ADD PRIMARY KEY (id), MODIFY v BIGINT;
