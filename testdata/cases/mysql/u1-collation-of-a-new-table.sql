-- CHANGE: a table that the plan makes is filled, and its collation changes beside an option | EXPECT: as natively: no lock is promised to nobody, so the server refuses none | SOURCE: own (a Laravel folder)
CREATE TABLE other (id INT PRIMARY KEY);
-- CHANGE
CREATE TABLE t (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, cur CHAR(3) NOT NULL, st ENUM('new', 'paid') NOT NULL DEFAULT 'new', v VARCHAR(9)) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci;
INSERT INTO t (id, cur, v) VALUES (1, 'EUR', 'a'), (2, 'usd', NULL);
ALTER TABLE t MODIFY cur CHAR(3) NOT NULL COLLATE utf8mb4_bin, DEFAULT COLLATE utf8mb4_bin;
ALTER TABLE t MODIFY st ENUM('new', 'paid') NOT NULL COLLATE utf8mb4_bin COMMENT 'state';
ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
