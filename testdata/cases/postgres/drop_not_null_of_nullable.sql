-- change: DROP NOT NULL of a column that may be NULL already; expected: done, as natively, and its way back leads to the start
-- source: own
-- @setup
create table t(id int primary key, a smallint default 7, b int not null);
insert into t select i, i % 9 from generate_series(1, 50) i where false;
-- @change
alter table t alter column a drop not null;
alter table t alter column a drop not null, alter column b drop not null;
create index made on t (b);
