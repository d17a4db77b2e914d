-- change: constraints go and others come without a name in the same statement; expected: as native, which gives them the names that have just become free
-- source: own
-- @setup
create table t(id int primary key, b varchar(20) unique, c int check (c > -5), d int);
insert into t select g, 'b'||g, g, g from generate_series(1,2000) g;
-- @writes
update t set d = {r} where id = {i}
-- @change
ALTER TABLE t DROP CONSTRAINT t_b_key, ADD UNIQUE (b, c), ADD UNIQUE (b);
ALTER TABLE t DROP CONSTRAINT t_c_check, ADD CHECK (c > -9);
ALTER TABLE t DROP COLUMN b, ADD COLUMN b text DEFAULT 'x';
ALTER TABLE t DROP COLUMN b, ADD COLUMN IF NOT EXISTS b int;
ALTER TABLE t ADD CHECK (c > -99), ALTER d TYPE bigint;
