-- a clause drops the foreign key and the check that do not allow the type of another | EXPECT: as native | SOURCE: own
CREATE TABLE p (id INT PRIMARY KEY);
CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL, b INT, CONSTRAINT c CHECK (a < 10000000), KEY kb (b), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id));
INSERT INTO p VALUES (1), (2), (3);
-- SEED 1500
INSERT INTO t VALUES ({i}, {i}, 1 + {i} % 3)
-- WRITES
UPDATE t SET a = {r} WHERE id = {i}
INSERT INTO t VALUES ({n}, {n}, NULL)
-- CHANGE
ALTER TABLE t DROP FOREIGN KEY f, MODIFY b BIGINT, DROP CONSTRAINT c, MODIFY a VARCHAR(30) NOT NULL;
