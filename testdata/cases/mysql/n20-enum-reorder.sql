-- CHANGE: members of an enum and a set in another order, with a new one first | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a','b','c') NOT NULL DEFAULT 'b', s SET('x','y','z'), v INT, KEY (e));
-- SEED 300
INSERT INTO t VALUES ({i}, 1 + {i} % 3, 1 + {i} % 7, {i})
-- WRITES
UPDATE t SET e = 'c', s = 'z,x' WHERE id = {i}
INSERT INTO t (id) VALUES ({n})
-- CHANGE
ALTER TABLE t MODIFY e ENUM('new','c','b','a') NOT NULL DEFAULT 'b', MODIFY s SET('z','q','y','x')
