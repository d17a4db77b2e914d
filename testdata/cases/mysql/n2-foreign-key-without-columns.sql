-- CHANGE: a foreign key that names no columns means those of the primary key | EXPECT: as native | SOURCE: own
-- NOT: mariadb
CREATE TABLE p (id INT NOT NULL PRIMARY KEY, x INT);
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT);
-- SEED 900
INSERT INTO p VALUES ({i}, {i}); INSERT INTO t VALUES ({i}, {i})
-- CHANGE
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p;
