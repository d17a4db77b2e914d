-- CHANGE: an enum loses a member that a row has, and the default that names it | EXPECT: refused as natively (data truncated), or by us before anything is begun | SOURCE: own, after the kind of planetscale/vitess enum-truncate
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, e ENUM('new','old','gone') NOT NULL DEFAULT 'new', v INT);
INSERT INTO t VALUES (1,'new',1),(2,'old',2),(3,'gone',3);
-- CHANGE
ALTER TABLE t MODIFY e ENUM('old','new') NOT NULL DEFAULT 'new'
