-- CHANGE: the primary key becomes a unique one, and a unique one primary | EXPECT: as native, or refused with the reason | SOURCE: own
CREATE TABLE t (id BIGINT, i INT NOT NULL, ts TIMESTAMP(6), PRIMARY KEY (id), UNIQUE KEY it_uidx (i, ts));
-- SEED 300
INSERT INTO t VALUES ({i}, {i}, FROM_UNIXTIME(1700000000 + {i}))
-- WRITES
UPDATE t SET i = {r} WHERE id = {i}
INSERT INTO t VALUES ({n}, {n}, '2020-01-01')
-- CHANGE
ALTER TABLE t DROP PRIMARY KEY, DROP KEY it_uidx, MODIFY ts TIMESTAMP(6) NOT NULL DEFAULT '2000-01-01', ADD PRIMARY KEY (i, ts), ADD UNIQUE KEY id_uidx (id)
