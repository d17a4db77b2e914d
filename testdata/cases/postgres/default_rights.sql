-- change: tables that have not what default privileges give to new ones, and whose owner gave rights up, are copied; expected: as native
-- source: own
-- @setup
alter default privileges grant delete on tables to public; alter default privileges grant usage on sequences to public;
create table a(id serial primary key, n int, k int generated always as identity); revoke all on a from public; revoke all on a_id_seq from public;
create table b(id serial primary key, n int); revoke truncate, update on b from current_user; grant select on b to public;
create table c(id serial primary key, n int); revoke all on c from current_user, public; create view vc as select id from c; revoke all on vc from public;
insert into a(n) select g from generate_series(1,500) g; insert into b(n) select g from generate_series(1,500) g; insert into c(n) select g from generate_series(1,500) g;
-- @change
ALTER TABLE a ALTER COLUMN n TYPE bigint;
ALTER TABLE b ALTER COLUMN n TYPE bigint;
ALTER TABLE c ALTER COLUMN n TYPE bigint;
