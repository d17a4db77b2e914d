-- change: keys WITHOUT OVERLAPS and a foreign key over PERIOD; expected: as native, or refused with the reason
-- source: own
-- @min 18
-- @setup
create extension btree_gist; create table t(id int not null, r daterange not null, a int); insert into t select g,'[2020-01-01,2021-01-01)',g from generate_series(1,200) g;
create table u(id int primary key, r daterange); insert into u select g,'[2020-02-01,2020-03-01)' from generate_series(1,200) g;
-- @change
ALTER TABLE t ADD CONSTRAINT tp PRIMARY KEY (id, r WITHOUT OVERLAPS);
ALTER TABLE t ADD CONSTRAINT tu UNIQUE (a, r WITHOUT OVERLAPS);
ALTER TABLE u ADD CONSTRAINT uf FOREIGN KEY (id, PERIOD r) REFERENCES t (id, PERIOD r);
