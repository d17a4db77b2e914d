-- CHANGE: a script that sets its session before a statement that the server refuses | EXPECT: refused before anything begins | SOURCE: own
-- NOT: mariadb
-- ARGS: --mode window
CREATE TABLE p (id INT NOT NULL PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, p_id INT, CONSTRAINT to_p FOREIGN KEY (p_id) REFERENCES p (id));
-- SEED 5
INSERT INTO t VALUES ({i}, 1)
-- CHANGE
SET FOREIGN_KEY_CHECKS = 0;
ALTER TABLE p MODIFY id BIGINT
