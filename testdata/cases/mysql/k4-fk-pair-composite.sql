-- CHANGE: the usual script with a composite foreign key: drop it, widen the parent, widen the child, add it again | EXPECT: as native, or refused with the reason | SOURCE: own, the kind of dust-tt/dust#9065
CREATE TABLE p (a INT NOT NULL, b VARCHAR(10) NOT NULL, n INT, PRIMARY KEY (a, b));
CREATE TABLE c (id INT NOT NULL PRIMARY KEY, x INT, y VARCHAR(10), KEY c_xy (x, y), CONSTRAINT c_p FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE);
INSERT INTO p VALUES (1,'q',1),(2,'r',2);
INSERT INTO c VALUES (1,1,'q'),(2,2,'r'),(3,NULL,NULL);
-- CHANGE
ALTER TABLE c DROP FOREIGN KEY c_p;
ALTER TABLE p MODIFY a BIGINT NOT NULL, MODIFY b VARCHAR(20) NOT NULL;
ALTER TABLE c MODIFY x BIGINT, MODIFY y VARCHAR(20);
ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE
