-- change: a foreign key that names no columns of its parent, more rows than a sample has; the parent is partitioned for one; expected: as native
-- source: own
-- @setup
create table u(id int primary key); create table whole(id int primary key) partition by hash (id); create table part0 partition of whole for values with (modulus 2, remainder 0); create table part1 partition of whole for values with (modulus 2, remainder 1);
create table t(id int primary key, a int, w int constraint to_whole references whole);
insert into u select g from generate_series(1,3000) g; insert into whole select g from generate_series(1,3000) g; insert into t select g, (g*7)%3000+1, g from generate_series(1,3000) g;
-- @writes
update t set a = {r} % 3000 + 1 where id = {i}
-- @change
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u;
ALTER TABLE t ALTER w TYPE bigint;
