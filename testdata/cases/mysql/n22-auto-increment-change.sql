-- CHANGE: the counter column gets another type, and the counter another value | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT, a INT, PRIMARY KEY (id)) AUTO_INCREMENT=5000;
-- SEED 300
INSERT INTO t VALUES ({i}, {i})
-- WRITES
INSERT INTO t (a) VALUES ({n})
DELETE FROM t WHERE id = {i}
-- CHANGE
ALTER TABLE t MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=90000
