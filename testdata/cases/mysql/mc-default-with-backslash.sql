-- CHANGE: defaults with backslashes, quotes and line ends | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v VARCHAR(20), w VARCHAR(20) DEFAULT 'a\\b', x VARCHAR(20));
-- SEED 5
INSERT INTO t VALUES ({i}, 'v', 'w', 'x')
-- CHANGE
ALTER TABLE t MODIFY v VARCHAR(20) DEFAULT 'c\\d''e', ALTER w SET DEFAULT '\\';
ALTER TABLE t ALTER x SET DEFAULT 'two\nlines';
ALTER TABLE t MODIFY x VARCHAR(40) DEFAULT 'three\r\nlines\\'
