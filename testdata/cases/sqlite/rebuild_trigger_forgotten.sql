-- change: a rebuild of a table with a trigger that no statement makes again; expected: refused, with the trigger's name (natively it is gone)
-- source: own
-- @setup
create table log(what text);
create table doc(id integer primary key, body text, n int);
create trigger doc_log after update on doc begin insert into log values ('was ' || old.n); end;
insert into doc values (1, 'a', 1);
-- @change
CREATE TABLE new_doc (id integer primary key, body text, n text);
INSERT INTO new_doc (id, body, n) SELECT id, body, n FROM doc;
DROP TABLE doc;
ALTER TABLE new_doc RENAME TO doc;
