-- change: a column with a default and an index on a partitioned table, and a further partition; expected: as native, or refused with the reason
-- source: own
-- @setup
create table ev(id int not null, d int not null, v int, primary key (id, d)) partition by range (d);
create table ev_1 partition of ev for values from (0) to (10); create table ev_2 partition of ev for values from (10) to (20);
insert into ev select g, g % 20, g from generate_series(1,500) g;
-- @change
ALTER TABLE ev ADD COLUMN w text NOT NULL DEFAULT 'it''s {table}';
CREATE INDEX ev_v ON ev (v);
CREATE TABLE ev_3 PARTITION OF ev FOR VALUES FROM (20) TO (30);
