-- change: a column becomes a domain with a check, whose rows fit; expected: as native
-- source: own
-- @setup
create domain cents as bigint constraint cents_pos check (value >= 0);
create table bill(id int primary key, amount int not null default 0, note text); create index bill_amount on bill(amount) where amount > 10;
insert into bill select g, g, 'n'||g from generate_series(1,800) g;
-- @writes
update bill set amount = {r} where id = {i}
insert into bill values ({n}, 7, 'new')
-- @change
ALTER TABLE bill ALTER COLUMN amount TYPE cents;
