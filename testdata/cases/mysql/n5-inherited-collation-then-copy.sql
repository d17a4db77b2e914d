-- CHANGE: the usual script around a foreign key, of tables whose columns have the table's collation, and a trigger made anew | EXPECT: as native | SOURCE: own
CREATE TABLE p (id INT NOT NULL PRIMARY KEY, s VARCHAR(20), e ENUM('a','b') NOT NULL DEFAULT 'a', g VARCHAR(30) GENERATED ALWAYS AS (CONCAT(s, 'x' COLLATE utf8mb4_bin)) VIRTUAL) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, s VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, u TEXT, b VARCHAR(9) COLLATE utf8mb4_bin, KEY ka (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
-- SEED 900
INSERT INTO p (id, s) VALUES ({i}, 'é'); INSERT INTO t VALUES ({i}, {i}, 's', 'u', 'b')
-- WRITES
UPDATE t SET u = 'w{r}' WHERE id = {i}
UPDATE p SET s = 'w{r}' WHERE id = {i}
-- CHANGE
ALTER TABLE t DROP FOREIGN KEY f;
ALTER TABLE p MODIFY id BIGINT NOT NULL;
ALTER TABLE t MODIFY a BIGINT;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);
