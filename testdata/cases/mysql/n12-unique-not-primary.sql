-- CHANGE: a table whose only key is a unique one that is not NULL | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (v INT, u VARCHAR(30) NOT NULL, UNIQUE KEY u (u));
-- SEED 300
INSERT INTO t VALUES ({i}, CONCAT('u', {i}))
-- WRITES
UPDATE t SET u = CONCAT('w', {r}, '-', v) WHERE v = {i}
INSERT INTO t VALUES (1, 'n{n}')
-- CHANGE
ALTER TABLE t MODIFY v BIGINT
