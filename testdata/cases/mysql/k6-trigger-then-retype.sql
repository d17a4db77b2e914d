-- CHANGE: a trigger is made and then the column that it writes gets another type | EXPECT: as native, or refused with the reason | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, w VARCHAR(30));
INSERT INTO t VALUES (1,1,'a'),(2,2,NULL);
-- CHANGE
CREATE TRIGGER t_bi BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.w = CONCAT('x;', NEW.v); END;
ALTER TABLE t MODIFY w VARCHAR(300) COMMENT 'a; b -- c {table}'
