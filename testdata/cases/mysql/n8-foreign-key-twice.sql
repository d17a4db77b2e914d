-- change: two foreign keys over one column, whose index they share; expected: as native
-- source: own
-- @setup
create table p(id int primary key, v int, unique key v (v)); create table t(id int primary key, pid int, w int);
insert into p values (1,1),(2,2),(3,3); insert into t values (1,1,1),(2,2,2),(3,3,3);
-- @args --mode window
-- @change
ALTER TABLE t ADD FOREIGN KEY (pid) REFERENCES p (id);
ALTER TABLE t ADD CONSTRAINT again FOREIGN KEY (pid) REFERENCES p (v) ON DELETE CASCADE;
ALTER TABLE p RENAME COLUMN v TO vv;
