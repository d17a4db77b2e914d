-- CHANGE: columns of many types beside a copy | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id INT UNSIGNED NOT NULL PRIMARY KEY, i INT NOT NULL, b BIT(1), b5 BIT(40), j JSON, e ENUM('red','green','blue','orange') NOT NULL DEFAULT 'red' COLLATE utf8mb4_bin, s SET('a','b'),y YEAR, t TIME(3), dc DECIMAL(65,30), f FLOAT, d DOUBLE, bl BLOB, vb VARBINARY(20), bn BINARY(10));
-- SEED 300
INSERT INTO t VALUES ({i}, {i}, {i} % 2, {i} * 1000, '{"a": 1.10, "b": [null, true]}', 'green', 'a,b', 2000 + {i} % 50, '-12:34:56.789', 1.000000000000000000000000000001, 1.1, 0.1 + {i}, UNHEX('00FF27'), UNHEX('00'), UNHEX('FF00'))
-- WRITES
UPDATE t SET j = '{"x": {r}}', e = 'blue', f = {r} / 3 WHERE id = {i}
DELETE FROM t WHERE id = {i}
-- CHANGE
ALTER TABLE t MODIFY i BIGINT NOT NULL, MODIFY e VARCHAR(32) COLLATE utf8mb4_bin NOT NULL DEFAULT 'red'
