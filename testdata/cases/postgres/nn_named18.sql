-- change: DROP NOT NULL and SET NOT NULL of columns whose NOT NULL has a name of its own, a comment, or is not valid; expected: as native, and the way back gives the same constraints
-- source: a table or column that was renamed keeps the name of its NOT NULL (PostgreSQL 18)
-- @min 18
-- @setup
create table n18(id int primary key, a text constraint "a's nn" not null, b text not null no inherit, c text, d text);
comment on constraint "a's nn" on n18 is 'never empty';
insert into n18 select g, 'a', 'b', 'c', 'd' from generate_series(1,900) g;
alter table n18 add constraint c_nn not null c not valid, add constraint d_nn not null d not valid;
alter table n18 rename column b to b2;
-- @change
alter table n18 alter column a drop not null;
alter table n18 alter column b2 drop not null;
alter table n18 alter column c drop not null;
alter table n18 alter column d set not null;
