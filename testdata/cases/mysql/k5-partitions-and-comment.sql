-- CHANGE: a partition is added, one is split, and the table gets a comment with odd text | EXPECT: as native, or refused with the reason | SOURCE: own
-- ARGS: --mode window
CREATE TABLE t (id INT NOT NULL, d INT NOT NULL, v INT, PRIMARY KEY (id, d)) PARTITION BY RANGE (d) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20));
-- SEED 30
INSERT INTO t VALUES ({i}, {i} % 20, {i})
-- CHANGE
ALTER TABLE t ADD PARTITION (PARTITION p3 VALUES LESS THAN (30));
ALTER TABLE t REORGANIZE PARTITION p1 INTO (PARTITION p0 VALUES LESS THAN (5), PARTITION p1 VALUES LESS THAN (10) COMMENT = 'it''s; -- {table}');
ALTER TABLE t COMMENT 'it''s {table} %s $1 \\ "q" /* no */ -- no'
