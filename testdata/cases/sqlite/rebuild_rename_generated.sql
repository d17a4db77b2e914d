-- change: a rebuild that renames a column and makes a generated one plain; expected: as natively, or refused
-- source: own
-- @setup
create table p(id integer primary key, a int, g int generated always as (a * 2) stored, old text not null default 'x');
insert into p(id, a) values (1, 5), (2, null);
-- @change
CREATE TABLE new_p (id integer primary key, a int, g int, fresh text not null default 'x');
INSERT INTO new_p (id, a, g, fresh) SELECT id, a, g, old FROM p;
DROP TABLE p;
ALTER TABLE new_p RENAME TO p;
