-- CHANGE: an enum and a set with members of four bytes get another member, another type beside them | EXPECT: as natively; the rehearsal makes its twins with the members | SOURCE: own, SHOW CREATE TABLE shows ? for such a character
CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a\\b','x\ny','?','z','😀','it''s') NULL DEFAULT '😀', s SET('🐟','q?','b') NOT NULL DEFAULT 'q?,🐟', v INT);
INSERT INTO t VALUES (1,'a\\b','🐟',1),(2,'😀','b',2),(3,'x\ny','',3),(4,'?','q?,b',4);
-- WRITES
UPDATE t SET e = '😀', s = '🐟' WHERE id = 3
INSERT INTO t VALUES ({n}, 'it''s', 'b,🐟', {n})
-- CHANGE
ALTER TABLE t MODIFY e ENUM('it''s','a\\b','x\ny','?','z','😀','q ') NOT NULL DEFAULT '😀', MODIFY v BIGINT
