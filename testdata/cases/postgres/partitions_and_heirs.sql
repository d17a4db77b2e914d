-- change: partitions are attached, made and changed, and tables that inherit get columns and checks; expected: as natively, rehearsed on twins of the whole families
-- source: own
-- @setup
create table p(id int not null, ts date not null, v text, primary key (id, ts)) partition by range (ts);
create table p1 partition of p for values from ('2024-01-01') to ('2025-01-01');
create table p2 partition of p default;
create index p_v on p(v);
create table x(v text, id int not null, ts date not null);
create table par(a int check (a > 0), b text default 'x' not null);
create table chi(c int) inherits (par);
create table z(a int check (a > 0), b text not null, constraint par_a_check check (a > 0));
insert into p select i, '2024-05-01'::date + i, 'a' || i from generate_series(1, 400) i;
insert into x select 'n', i, '2030-01-01'::date + i % 50 from generate_series(1, 100) i;
insert into chi select i, 'b', i from generate_series(1, 100) i;
-- @writes
update p set v = {r} where id = {i}
insert into chi (a, b) values ({i}, {r})
-- @args --mode window
-- @change
alter table p attach partition x for values from ('2030-01-01') to ('2031-01-01');
create table p3 partition of p for values from ('2027-01-01') to ('2028-01-01');
alter table p add column n int default 5, add constraint small check (id < 1000000);
alter table p1 alter column v set default 'one';
alter table par add column d int not null default 7, alter column b drop default;
alter table z inherit par;
alter table p detach partition p3;
