-- change: a table without a key gets one, out of an index that is there, and is copied; values under two collations; a column said whole; expected: as native
-- source: own
-- @setup
create table t(id int, a int not null default 5, b text collate "C", c text collate "POSIX");
insert into t select g, g, 'b'||g, 'c'||g from generate_series(1,2000) g; create unique index t_id on t(id); comment on index t_id is 'mine';
-- @writes
update t set a = {r} where id = {i}
-- @change
ALTER TABLE t ALTER id SET NOT NULL;
ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY USING INDEX t_id;
ALTER TABLE t ALTER b TYPE varchar(30) COLLATE "POSIX" USING upper(b), ALTER a TYPE bigint;
ALTER TABLE t ADD COLUMN d text STORAGE EXTERNAL DEFAULT 'x';
