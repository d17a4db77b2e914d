-- change: a column is renamed on a table whose trigger writes to another table; expected: done, or refused with the trigger's name
-- source: own, found by the generator
-- @setup
create table audit(what text);
create table t(id integer primary key, c int);
create trigger noted after update on t begin insert into audit values ('update ' || new.id); end;
insert into t values (1, 1), (2, 2);
-- @change
ALTER TABLE t RENAME COLUMN c TO d;
