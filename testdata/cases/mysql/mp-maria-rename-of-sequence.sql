-- CHANGE: MariaDB: RENAME TABLE of a sequence, which then changes | EXPECT: as native, in a window | SOURCE: own
-- NOT: mysql
-- ARGS: --mode window
CREATE SEQUENCE s START 5;
CREATE TABLE t (id INT PRIMARY KEY, d BIGINT DEFAULT NEXTVAL(s));
-- SEED 5
INSERT INTO t (id) VALUES ({i})
-- CHANGE
RENAME TABLE s TO s2;
ALTER SEQUENCE s2 INCREMENT BY 5;
