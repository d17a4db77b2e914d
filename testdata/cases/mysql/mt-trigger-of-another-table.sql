-- CHANGE: a trigger is made on one table and then another table is copied | EXPECT: as native | SOURCE: own
CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, a INT);
CREATE TABLE items (id INT NOT NULL PRIMARY KEY, x INT);
INSERT INTO orders VALUES (1, 10), (2, NULL);
INSERT INTO items VALUES (1, 10);
-- CHANGE
CREATE DEFINER=`root`@`%` TRIGGER put BEFORE INSERT ON items FOR EACH ROW BEGIN SET NEW.x = 1; END;
ALTER TABLE orders MODIFY a BIGINT;
