-- change: a rebuild behind which the trigger is made again as it was; expected: done, the trigger once
-- source: own
-- @setup
create table log(what text);
create table doc(id integer primary key, body text, n int);
create trigger doc_log after update on doc begin insert into log values ('was ' || old.n); end;
with recursive k(i) as (select 1 union all select i+1 from k where i < 5000) insert into doc select i, 'b'||i, i from k;
-- @writes
UPDATE doc SET n = {r} WHERE id = {i}
-- @change
CREATE TABLE new_doc (id integer primary key, body text, n text);
INSERT INTO new_doc (id, body, n) SELECT id, body, n FROM doc;
DROP TABLE doc;
ALTER TABLE new_doc RENAME TO doc;
CREATE TRIGGER doc_log AFTER UPDATE ON doc BEGIN INSERT INTO log VALUES ('was ' || old.n); END;
