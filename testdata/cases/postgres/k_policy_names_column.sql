-- change: the type of a column that a policy names; expected: refused as natively, with the policy's name
-- source: own
-- @setup
create table doc(id int primary key, owner int not null, body text); insert into doc select g, g % 7, 'b' from generate_series(1,100) g;
alter table doc enable row level security; create policy mine on doc using (owner > 0) with check (owner < 100);
-- @change
ALTER TABLE doc ALTER COLUMN owner TYPE bigint;
