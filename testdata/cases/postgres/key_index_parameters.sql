-- change: a type, beside keys whose indexes have parameters of their own, a condition and deferral, and an expression index that is told how much to know; expected: as native
-- source: own
-- @setup
create table t(id int, a int, b int, r int4range, constraint pk primary key (id) include (b) with (fillfactor = 60), constraint u unique nulls not distinct (a) with (fillfactor = 70) deferrable initially deferred,
	constraint x exclude using gist (r with &&) with (fillfactor = 50) where (a > 0) deferrable, constraint plain unique (b, a));
insert into t select g, g, g, int4range(g * 3, g * 3 + 2) from generate_series(1,90) g;
create index e1 on t ((a + 1)); alter index e1 alter column 1 set statistics 500; create index e2 on t ((b + 1)); alter index e2 alter column 1 set statistics 400;
-- @min 15
-- @writes
update t set a = a where id = {i}
-- @change
ALTER TABLE t ALTER COLUMN b TYPE bigint;
