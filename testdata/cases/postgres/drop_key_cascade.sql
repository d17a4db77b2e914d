-- change: a key goes with the foreign keys of another table and a view that need it; expected: as native
-- source: own
-- @setup
CREATE TABLE par (id int PRIMARY KEY, n text UNIQUE);
CREATE TABLE ch (id int PRIMARY KEY, pid int REFERENCES par (id), pn text REFERENCES par (n));
CREATE VIEW v AS SELECT id, n FROM par GROUP BY id;
INSERT INTO par VALUES (1, 'a'), (2, 'b');
INSERT INTO ch VALUES (1, 1, 'a'), (2, 2, NULL);
-- @change
ALTER TABLE par DROP CONSTRAINT par_pkey CASCADE;
ALTER TABLE par DROP CONSTRAINT par_n_key CASCADE;
