-- CHANGE: a binary collation becomes one that ignores case under a unique key with values that differ in case alone | EXPECT: refused as natively (duplicate entry) | SOURCE: own, the kind of gh-ost#1526
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, UNIQUE KEY u (name));
INSERT INTO t VALUES (1,'google'),(2,'Google'),(3,'other');
-- CHANGE
ALTER TABLE t MODIFY name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL
