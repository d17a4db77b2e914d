-- change: a second ALTER puts a column behind one that the first moved; expected: as natively
-- source: own
-- @setup
create table t(id int auto_increment primary key, n int, s varchar(20), a int, b int, c int); insert into t(n,s,a,b,c) values (1,'x',2,3,4),(5,'y',6,7,8);
-- @change
alter table t modify c int first, modify a bigint after c, modify id int auto_increment after s;
alter table t modify column b int after id;
alter table t add column z int after c, rename column b to bb;
alter table t modify column n int after bb;
alter table t modify column s varchar(30) after z;
