-- wanted: an enum column becomes text and its type goes, without a rehearsal; expected: as native
-- source: own
-- @args --rehearse=false
-- @setup
create type st as enum('a','b'); create table t(id int primary key, s st not null); insert into t select g,'b' from generate_series(1,300) g;
-- @to
create table t(id int primary key, s text not null);
-- @native
alter table t alter s type text; drop type st;
