-- CHANGE: ALTER TABLE t MODIFY v BIGINT on MariaDB with system_versioning_alter_history=KEEP in my.cnf, copied (large table) | EXPECT: history kept as native (400 rows FOR SYSTEM_TIME ALL), or refused; now 290 | SOURCE: knex/knex#5979, dbeaver/dbeaver#14747
-- NOT: mysql
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT) WITH SYSTEM VERSIONING;
INSERT INTO t SELECT seq, seq FROM seq_1_to_300; UPDATE t SET v = v + 1 WHERE id <= 100; DELETE FROM t WHERE id > 290;
