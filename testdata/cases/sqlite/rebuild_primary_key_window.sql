-- change: the same in a window; expected: as natively, and no row of the child goes
-- source: own
-- @args --mode window
-- @setup
create table acc(id integer primary key, code text not null);
create table child(cid integer primary key, acc_id int references acc(id) on delete cascade);
insert into acc values (1, 'a'), (2, 'b'); insert into child values (1, 1), (2, 2);
-- @change
PRAGMA foreign_keys=OFF;
CREATE TABLE new_acc (id integer not null unique, code text not null primary key);
INSERT INTO new_acc (id, code) SELECT id, code FROM acc;
DROP TABLE acc;
ALTER TABLE new_acc RENAME TO acc;
