-- change: a column is renamed after another statement, in a table whose trigger and view name other tables; expected: as natively
-- source: generated, seed 2000 and on
-- @args --mode window
-- @setup
create table audit(id integer primary key, what text);
create table other(id integer primary key, n integer);
create table t(id integer primary key, a integer, b text);
create trigger t_audit after insert on t begin insert into audit(what) values (new.a || ' ' || new.b); end;
create view both as select t.a, other.n from t join other on other.id = t.id;
insert into other values (1, 10), (2, 20);
insert into t values (1, 5, 'x'), (2, 6, 'y');
-- @change
ALTER TABLE t ADD COLUMN c text;
ALTER TABLE t RENAME COLUMN a TO amount;
ALTER TABLE t DROP COLUMN c;
