-- CHANGE: a foreign key of a table to itself, over a chain of rows that no sample holds | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, up INT, n INT, KEY ku (up));
-- SEED 1500
INSERT INTO t VALUES ({i}, NULLIF({i} - 1, 0), {i})
-- CHANGE
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id) ON DELETE CASCADE;
