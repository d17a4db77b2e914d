-- change: MODIFY id … AUTO_INCREMENT of a column without a 0, and of one that counted and holds a 0; expected: as natively
-- source: own
-- @setup
create table a(id int not null primary key, v varchar(9)); insert into a values (1,'one'),(6,'six');
create table b(id int not null auto_increment primary key, v varchar(9)); set sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO'); insert into b values (0,'zero'),(1,'one'); set sql_mode = @@global.sql_mode;
-- @change
alter table b modify id bigint not null auto_increment;
alter table a modify id bigint not null auto_increment;
