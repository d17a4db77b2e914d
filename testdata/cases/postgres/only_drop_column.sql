-- change: ONLY drops a column that the tables below keep; expected: as native, or refused with the reason
-- source: own
-- @setup
create table p(id int primary key, a int); create table c1(b int) inherits (p);
insert into p select g, g from generate_series(1,50) g; insert into c1 select g + 100, g, g from generate_series(1,50) g;
-- @change
ALTER TABLE ONLY p DROP COLUMN a;
