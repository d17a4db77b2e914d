-- change: numbers for the rows of a table that is copied in chunks; expected: as native, in the order of the rows
-- source: own
-- @setup
create table tick(id int primary key, v text); insert into tick select g, 'v'||g from generate_series(1,30000) g;
-- @change
ALTER TABLE tick ADD COLUMN n bigserial UNIQUE;
-- @after
select count(*), count(distinct n), count(*) filter (where n = id) from tick;
