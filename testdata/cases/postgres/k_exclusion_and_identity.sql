-- change: another type beside an exclusion constraint, a replica identity, a clustered index and columns with storage and statistics of their own; expected: as native
-- source: own
-- @setup
create table room(id int primary key, r int4range, v int, w text not null, constraint no_overlap exclude using gist (r with &&) deferrable initially deferred);
create unique index room_w on room(w); create index room_v on room(v);
alter table room replica identity using index room_w; alter table room cluster on room_v;
alter table room alter column w set storage external, alter column v set statistics 77, alter column v set (n_distinct = 5);
insert into room select g, int4range(g * 10, g * 10 + 9), g, 'w'||g from generate_series(1,300) g;
-- @writes
update room set v = {r} where id = {i}
insert into room values ({n}, int4range({n}0, {n}9), {r}, 'n{n}')
-- @change
ALTER TABLE room ALTER COLUMN v TYPE bigint;
