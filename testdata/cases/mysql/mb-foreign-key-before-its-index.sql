-- CHANGE: a column, its foreign key and a longer index for it in one statement | EXPECT: as native | SOURCE: own
-- ARGS: --mode window
CREATE TABLE p (id INT NOT NULL PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, p_id INT);
-- SEED 20
INSERT INTO t VALUES ({i}, 1)
-- CHANGE
ALTER TABLE t ADD COLUMN r INT, ADD CONSTRAINT fk2 FOREIGN KEY (r) REFERENCES p (id), ADD INDEX both_of_them (r, p_id)
