-- CHANGE: the index that a foreign key needs is replaced by another, on either side | EXPECT: as native | SOURCE: own
CREATE TABLE p (id INT NOT NULL PRIMARY KEY, x INT NOT NULL, y INT NOT NULL, UNIQUE KEY ux (x));
INSERT INTO p VALUES (1, 1, 1), (2, 2, 2);
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b INT, KEY kab (a, b), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x));
-- SEED 500
INSERT INTO t VALUES ({i}, 1 + {i} % 2, {i})
-- CHANGE
ALTER TABLE t DROP KEY kab, ADD KEY ka (a);
ALTER TABLE p DROP KEY ux, ADD UNIQUE KEY ux2 (x);
