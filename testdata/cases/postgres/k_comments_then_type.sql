-- change: comments with odd text on everything that the table has, then a column's type; expected: as native
-- source: own
-- @setup
create table odd(id int constraint odd_pk primary key, v int constraint v_pos check (v > 0), w text); create index odd_w on odd(w);
insert into odd select g, g, 'w'||g from generate_series(1,300) g;
-- @change
COMMENT ON TABLE odd IS E'it''s {table} $1 %s\n-- no;\t/* no */';
COMMENT ON COLUMN odd.v IS 'a {shadow} "b" \ c';
COMMENT ON CONSTRAINT v_pos ON odd IS '$surefoot$ {column}';
COMMENT ON INDEX odd_w IS 'x'';--';
ALTER TABLE odd ALTER COLUMN v TYPE bigint;
COMMENT ON COLUMN odd.v IS NULL;
