package postgres

import "testing"

// Under a search_path that a text sets, what it names without a schema is what the server finds along that path.
func TestNamedAlongTheTextsPath(t *testing.T) {
	const setup = `CREATE SCHEMA app; CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;
		CREATE COLLATION app.nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
		CREATE TABLE app.t (id int PRIMARY KEY, a text, "gin_trgm_ops" int, c ext.citext);
		INSERT INTO app.t SELECT g, 'x' || g, g, 'C' || g FROM generate_series(1, 300) g;
		SET search_path = app, ext; `
	const path = `SET search_path = app, ext; `
	bound := "its safe steps would not run in the session that the script has set up (SET LOCAL search_path"
	for _, c := range []nativeCase{
		{name: "collations", change: path + `ALTER TABLE t ADD b text COLLATE nd; ALTER TABLE t ALTER a TYPE varchar(90) COLLATE nd; CREATE INDEX ON t (a COLLATE nd DESC, b COLLATE "C")`},
		{name: "operator classes", change: path + `CREATE INDEX ON t USING gin (a gin_trgm_ops, (lower(a)) gin_trgm_ops) WHERE gin_trgm_ops IS NOT NULL`},
		{name: "an operator of an extension", change: path + `CREATE INDEX ON t (a) WHERE c = 'c5'`, refused: bound},
		{name: "one in BETWEEN", change: path + `ALTER TABLE t ADD CHECK (c BETWEEN 'a' AND 'zz')`, refused: bound},
		{name: "one in CASE", change: path + `CREATE INDEX ON t ((CASE c WHEN 'c5' THEN 1 END))`, refused: bound},
		{name: "a function called as the server's own", change: path + `ALTER TABLE t ADD CHECK (replace(c, 'c', 'y') <> 'zz')`, refused: bound},
		{name: "none that the path has", change: `SET search_path = app; ALTER TABLE t ADD d int; CREATE INDEX ON t (a) WHERE d IS NULL AND id > 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.setup = setup
			newest(t, func(t *testing.T, url string) { asNative(t, url, c) })
		})
	}
}

// A table that a statement moves into another schema is found there by those that follow.
func TestMovedIntoAnotherSchema(t *testing.T) {
	const setup = `CREATE SCHEMA s; CREATE TABLE t (id serial PRIMARY KEY, a int); INSERT INTO t (a) SELECT g FROM generate_series(1, 300) g; `
	for _, c := range []nativeCase{
		{name: "natively", change: `ALTER TABLE t SET SCHEMA s; COMMENT ON TABLE s.t IS 'moved'; ALTER TABLE s.t ADD COLUMN b text DEFAULT 'x'; SET search_path = s; ALTER TABLE t ALTER a SET DEFAULT 4`},
		{name: "before a copy", change: `ALTER TABLE t SET SCHEMA s; ALTER TABLE s.t ALTER a TYPE bigint`, refused: "what s.t is like after a statement before this one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.setup = setup
			newest(t, func(t *testing.T, url string) { asNative(t, url, c) })
		})
	}
}
