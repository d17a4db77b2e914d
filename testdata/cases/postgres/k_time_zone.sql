-- change: timestamp becomes timestamptz in a database with a time zone of its own; expected: as native
-- source: own, the kind of gitlab and discourse timestamp migrations
-- @setup
do $$ begin execute format('alter database %I set timezone to ''Asia/Kolkata''', current_database()); end $$;
set timezone to 'Asia/Kolkata';
create table seen(id int primary key, at timestamp not null default '2024-03-31 02:30', d date);
insert into seen select g, timestamp '2024-10-27 00:00' + g * interval '17 minutes', '2024-01-01' from generate_series(1,400) g;
-- @writes
update seen set at = timestamp '2020-01-01' + {r} * interval '1 hour' where id = {i}
-- @change
ALTER TABLE seen ALTER COLUMN at TYPE timestamptz, ALTER COLUMN d TYPE timestamptz;
-- @after
select at at time zone 'UTC', d at time zone 'UTC' from seen order by id;
