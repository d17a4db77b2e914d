-- change: a rebuild adds a last column that it fills with a constant, and gives it no default; expected: as natively, every row has the value
-- source: own
-- @args --mode window --rehearse=false
-- @setup
create table t(id integer not null primary key, c0 integer generated always as (length(id)) virtual, late text);
insert into t(id, late) with recursive g(n) as (select 1 union all select n + 1 from g where n < 100) select n, 'n' || n from g;
alter table t add column later text default 'x';
-- @change
CREATE TABLE new_t (id INTEGER NOT NULL PRIMARY KEY, c0 INTEGER GENERATED ALWAYS AS (length(id)) VIRTUAL, late TEXT, later text default 'x', added TEXT);
INSERT INTO new_t (id, late, later, added) SELECT t.id, t.late, t.later, 'y' FROM t;
DROP TABLE t;
ALTER TABLE new_t RENAME TO t;
