-- a clause drops the check and the foreign key that do not allow the type of another | EXPECT: as native | SOURCE: own
CREATE TABLE p (id text PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b text, CONSTRAINT c CHECK (a <> 'x'), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id));
INSERT INTO p SELECT i::text FROM generate_series(1, 2000) i;
-- SEED 1500
INSERT INTO t VALUES ({i}, {i}, {i})
-- WRITES
UPDATE t SET a = {r} WHERE id = {i}
INSERT INTO t VALUES ({n}, {n}, NULL)
-- CHANGE
ALTER TABLE t DROP CONSTRAINT c, ALTER a TYPE int USING a::int, DROP CONSTRAINT f, ALTER b TYPE int USING b::int;
