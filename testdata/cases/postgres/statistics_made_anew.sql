-- change: columns of extended statistics and of an index over an expression, which have targets of their own, get other types, with and without a copy; expected: as native (the targets are gone), and the way back leads to the start
-- source: own
-- @setup
create table t(id int primary key, a varchar(10), b int, c int); insert into t select g, g, g, g from generate_series(1, 300) g;
create index ia on t((c + b)); alter index ia alter column 1 set statistics 44;
create statistics s_a on a, b from t; alter statistics s_a set statistics 55; comment on statistics s_a is 'of a';
create statistics s_c on b, c from t; alter statistics s_c set statistics 56;
create statistics s_id on id, b from t; alter statistics s_id set statistics 57;
-- @change
ALTER TABLE t ALTER a TYPE varchar(20);
ALTER TABLE t ALTER c TYPE bigint;
