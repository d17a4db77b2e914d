-- change: a foreign key is added without a look at the rows, checked, and then both of its columns get another type; expected: as native, or refused with the reason
-- source: own
-- @setup
create table par(id int primary key, v int); create table kid(id int primary key, par_id int, n int); create index kid_par on kid(par_id);
insert into par select g, g from generate_series(1,200) g; insert into kid select g, g % 200 + 1, g from generate_series(1,400) g;
-- @change
ALTER TABLE kid ADD CONSTRAINT kid_par_fk FOREIGN KEY (par_id) REFERENCES par (id) ON UPDATE CASCADE NOT VALID;
ALTER TABLE kid VALIDATE CONSTRAINT kid_par_fk;
ALTER TABLE par ALTER COLUMN id TYPE bigint;
ALTER TABLE kid ALTER COLUMN par_id TYPE bigint;
