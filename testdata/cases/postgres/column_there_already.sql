-- change: a column that is there already, with constraints of its own beside IF NOT EXISTS; expected: as native, nothing of it is done
-- source: own
-- @setup
create table p(id int primary key); create table t(id int primary key, c int, d int);
insert into p select g from generate_series(1,9) g; insert into t select g, g%9+1, g from generate_series(1,1000) g;
-- @change
ALTER TABLE t ADD COLUMN IF NOT EXISTS c int NOT NULL DEFAULT 4 UNIQUE CHECK (c > 5) REFERENCES p;
ALTER TABLE t ADD COLUMN IF NOT EXISTS e int CHECK (e > 5) REFERENCES p, ALTER d TYPE bigint;
ALTER TABLE t ADD CHECK (c > -5), ADD UNIQUE (c, d);
