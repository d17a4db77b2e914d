package postgres

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// effectTable is what every statement below runs on.
const effectTable = `
DROP TABLE IF EXISTS t, parent, other CASCADE;
CREATE TABLE parent (id int PRIMARY KEY, u int UNIQUE);
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(50), c text, n numeric(10,2), m numeric, ts timestamp, tz timestamptz, tp timestamp(3),
	ch char(5), d date, bi bit(8), vb varbit(8), ip inet, ci cidr, nn int NOT NULL, ck int CHECK (ck > 0), ix varchar(20), px int, j json,
	iv interval, ar int[], va varchar(10)[], o oid, df int DEFAULT 5, pid int, proven int, proven2 int, tt time, co text COLLATE "C", bo boolean, f8 float8);
ALTER TABLE t ADD CONSTRAINT is_proven CHECK (proven IS NOT NULL), ADD CONSTRAINT is_proven2 CHECK (proven2 IS NOT NULL AND proven2 > 0),
	ADD CONSTRAINT later CHECK (a > -1) NOT VALID, ADD CONSTRAINT fk FOREIGN KEY (pid) REFERENCES parent,
	ADD CONSTRAINT fklater FOREIGN KEY (a) REFERENCES parent (u) NOT VALID, ADD CONSTRAINT uq UNIQUE (nn);
CREATE INDEX t_ix ON t (ix);
CREATE INDEX t_px ON t (id) WHERE px > 0;
CREATE INDEX t_co ON t (co);
CREATE INDEX t_drop ON t (a);
CREATE UNIQUE INDEX t_u ON t (id, nn);
CREATE UNIQUE INDEX t_un ON t (a);
INSERT INTO parent VALUES (1, 1);
INSERT INTO t (id, a, b, nn, ck, proven, proven2, pid) VALUES (1, 1, 'x', 1, 1, 1, 1, 1);
DROP DOMAIN IF EXISTS plain_domain, checked_domain;
CREATE DOMAIN plain_domain AS int;
CREATE DOMAIN checked_domain AS int CHECK (VALUE > 0);
DO $$BEGIN CREATE TYPE mood AS ENUM ('a', 'b'); EXCEPTION WHEN duplicate_object THEN NULL; END$$;
`

// effectCases name the row of the table of facts that each statement is to have.
var effectCases = []struct{ fact, sql string }{
	{"create-table-references", "CREATE TABLE other (id int REFERENCES t)"},
	{"drop-table", "DROP TABLE t"},
	{"rename-table", "ALTER TABLE t RENAME TO t2"},
	{"rename-column", "ALTER TABLE t RENAME a TO a2"},
	{"drop-column", "ALTER TABLE t DROP COLUMN c"},
	{"add-column", "ALTER TABLE t ADD COLUMN x int"},
	{"add-column", "ALTER TABLE t ADD COLUMN x int DEFAULT 5"},
	{"add-column", "ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 5"},
	{"add-column", "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now()"},
	{"add-column", "ALTER TABLE t ADD COLUMN x timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP"},
	{"add-column", "ALTER TABLE t ADD COLUMN x text DEFAULT concat('a', 'b')"},
	{"add-column", "ALTER TABLE t ADD COLUMN x int[] DEFAULT ARRAY[]::int[]"},
	{"add-column", "ALTER TABLE t ADD COLUMN x numeric(10,2) DEFAULT 1::numeric(10,2)"},
	{"add-column", "ALTER TABLE t ADD COLUMN x varchar(10) DEFAULT 'x'::varchar(10)"},
	{"add-column", "ALTER TABLE t ADD COLUMN x jsonb NOT NULL DEFAULT '{}'::jsonb"},
	{"add-column", "ALTER TABLE t ADD COLUMN x plain_domain"},
	{"add-column", "ALTER TABLE t ADD COLUMN x mood DEFAULT 'a'"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x checked_domain"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x checked_domain DEFAULT 5"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid()"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT clock_timestamp()"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x float DEFAULT random()"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a * 2) STORED"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS IDENTITY"},
	{"add-column-rewrite", "ALTER TABLE t ADD COLUMN x bigserial"},
	{"change-type", "ALTER TABLE t ALTER b TYPE varchar(100)"},
	{"change-type", "ALTER TABLE t ALTER b TYPE text"},
	{"change-type", "ALTER TABLE t ALTER b TYPE varchar"},
	{"change-type", "ALTER TABLE t ALTER b TYPE text USING b::text"},
	{"change-type", "ALTER TABLE t ALTER c TYPE varchar"},
	{"change-type", "ALTER TABLE t ALTER n TYPE numeric(12,2)"},
	{"change-type", "ALTER TABLE t ALTER n TYPE numeric"},
	{"change-type", "ALTER TABLE t ALTER tp TYPE timestamp(6)"},
	{"change-type", "ALTER TABLE t ALTER tp TYPE timestamp"},
	{"change-type", "ALTER TABLE t ALTER vb TYPE varbit(16)"},
	{"change-type", "ALTER TABLE t ALTER vb TYPE varbit"},
	{"change-type", "ALTER TABLE t ALTER bi TYPE varbit"},
	{"change-type", "ALTER TABLE t ALTER ci TYPE inet"},
	{"change-type", "ALTER TABLE t ALTER df TYPE oid"},
	{"change-type", "ALTER TABLE t ALTER c TYPE text COLLATE \"C\""},
	{"change-type", "ALTER TABLE t ALTER ix TYPE varchar(40)"},
	{"change-type", "ALTER TABLE t ALTER ix TYPE text"},
	{"change-type", "ALTER TABLE t ALTER ts TYPE timestamp(6)"},
	{"change-type", "ALTER TABLE t ALTER tt TYPE time(6)"},
	{"change-type-index", "ALTER TABLE t ALTER ix TYPE varchar(40) COLLATE \"C\""},
	{"change-type-index", "ALTER TABLE t ALTER co TYPE text COLLATE \"POSIX\""},
	{"change-type-index", "ALTER TABLE t ALTER px TYPE oid"},
	{"change-type-rewrite", "ALTER TABLE t ALTER df TYPE bigint"},
	{"change-type-rewrite", "ALTER TABLE t ALTER b TYPE varchar(20)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER c TYPE varchar(20)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER ch TYPE text"},
	{"change-type-rewrite", "ALTER TABLE t ALTER ch TYPE char(10)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER n TYPE numeric(12,4)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER n TYPE numeric(8,2)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER m TYPE numeric(12,4)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER ts TYPE timestamp(3)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER tp TYPE timestamptz(3)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER bi TYPE bit(16) USING bi::bit(16)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER ip TYPE cidr"},
	{"change-type-rewrite", "ALTER TABLE t ALTER j TYPE jsonb"},
	{"change-type-rewrite", "ALTER TABLE t ALTER d TYPE timestamp"},
	{"change-type-rewrite", "ALTER TABLE t ALTER ar TYPE bigint[]"},
	{"change-type-rewrite", "ALTER TABLE t ALTER va TYPE varchar(20)[]"},
	{"change-type-rewrite", "ALTER TABLE t ALTER c TYPE int USING length(c)"},
	{"change-type-rewrite", "ALTER TABLE t ALTER df TYPE int USING df + 1"},
	{"change-type-rewrite", "ALTER TABLE t ALTER f8 TYPE real"},
	{"change-type-rewrite", "ALTER TABLE t ALTER c TYPE mood USING c::mood"},
	{"change-type-scan", "ALTER TABLE t ALTER ck TYPE oid"},
	{"set-not-null", "ALTER TABLE t ALTER a SET NOT NULL"},
	{"set-not-null-proven", "ALTER TABLE t ALTER nn SET NOT NULL"},
	{"set-not-null-proven", "ALTER TABLE t ALTER proven SET NOT NULL"},
	{"set-not-null-proven", "ALTER TABLE t ALTER proven2 SET NOT NULL"},
	{"drop-not-null", "ALTER TABLE t ALTER nn DROP NOT NULL"},
	{"set-default", "ALTER TABLE t ALTER a SET DEFAULT 7"},
	{"drop-default", "ALTER TABLE t ALTER df DROP DEFAULT"},
	{"add-index", "CREATE INDEX x ON t (a)"},
	{"add-index", "CREATE UNIQUE INDEX x ON t (b) WHERE b > ''"},
	{"drop-index", "DROP INDEX t_drop"},
	{"rename-index", "ALTER INDEX t_ix RENAME TO x"},
	{"add-unique", "ALTER TABLE t ADD UNIQUE (c)"},
	{"add-unique", "ALTER TABLE t ADD EXCLUDE USING btree (a WITH =)"},
	{"add-unique-using-index", "ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX t_u"},
	{"add-unique-using-index", "ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX t_un"},
	{"add-check", "ALTER TABLE t ADD CHECK (a > 0)"},
	{"add-check-not-valid", "ALTER TABLE t ADD CHECK (a > 0) NOT VALID"},
	{"add-foreign-key", "ALTER TABLE t ADD FOREIGN KEY (nn) REFERENCES parent"},
	{"add-foreign-key-not-valid", "ALTER TABLE t ADD FOREIGN KEY (nn) REFERENCES parent NOT VALID"},
	{"validate-constraint", "ALTER TABLE t VALIDATE CONSTRAINT later"},
	{"validate-constraint", "ALTER TABLE t VALIDATE CONSTRAINT fklater"},
	{"drop-constraint", "ALTER TABLE t DROP CONSTRAINT later"},
	{"drop-constraint", "ALTER TABLE t DROP CONSTRAINT fk"},
	{"drop-constraint", "ALTER TABLE t DROP CONSTRAINT uq"},
	{"add-index-online", "CREATE INDEX CONCURRENTLY x ON t (a)"},
	{"drop-index-online", "DROP INDEX CONCURRENTLY t_drop"},
}

// Every row of the table is measured on every server: what the statement locks, whether files are
// new, whether rows are read. The table, the probe and the measurement must agree.
func TestEffects(t *testing.T) {
	seen := map[string]bool{}
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, effectTable)
		db = open(t, url) // it learns the domains
		s := inspect(t, db)
		for _, c := range effectCases {
			seen[c.fact] = true
			t.Run(c.sql, func(t *testing.T) { compareEffect(t, db, s, c.fact, c.sql) })
		}
		if db.major >= 18 {
			for _, c := range []struct{ fact, sql string }{
				{"add-column", "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a * 2) VIRTUAL"},
				{"add-check-not-valid", "ALTER TABLE t ADD CONSTRAINT x NOT NULL a NOT VALID"},
				{"add-check", "ALTER TABLE t ADD CONSTRAINT x NOT NULL a"},
			} {
				t.Run(c.sql, func(t *testing.T) { compareEffect(t, db, s, c.fact, c.sql) })
			}
		}
	})
	for name, f := range facts {
		if !f.docs && !seen[name] && name != "add-column-required" && name != "add-primary-key-using-index" {
			t.Errorf("no test measures the fact %s", name)
		}
	}
}

func compareEffect(t *testing.T, db *Database, s *schema.Schema, name, text string) {
	stmts, err := db.Parse("", text, s)
	if err != nil {
		t.Fatal(err)
	}
	n := schema.Native{On: schema.On{Name: stmts[0].Changes[0].Table()}, SQL: text, Clauses: stmts[0].Changes}
	f := facts[name]
	want := f.effect(nil)
	if got := db.Effect(n, s); !sameEffect(got, want) {
		t.Errorf("the table says %+v, not %+v", got, want)
	}
	if got, err := db.Probe(t.Context(), n, s); err != nil || !sameEffect(got, want) {
		t.Errorf("the probe says %+v, not %+v (%v)", got, want, err)
	}
	if ownTransaction(text) {
		return
	}
	if got := measureEffect(t, db.pool, text); !sameEffect(got, want) {
		t.Errorf("measured %+v, not %+v", got, want)
	}
}

func sameEffect(a, b plan.Effect) bool {
	return a.Lock == b.Lock && a.Blocks == b.Blocks && a.Rewrites == b.Rewrites && a.Scans == b.Scans && a.RebuildsIndexes == b.RebuildsIndexes
}

// measureEffect runs the statement on the table itself, in a transaction that is rolled back.
func measureEffect(t *testing.T, pool *sql.DB, text string) plan.Effect {
	t.Helper()
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it may be over by then
	var oid int64
	if err := tx.QueryRowContext(t.Context(), "SELECT c.oid FROM pg_class c WHERE relname = 't'").Scan(&oid); err != nil {
		t.Fatal(err)
	}
	read := func() (s seen) {
		var gone bool
		if err := tx.QueryRowContext(t.Context(), "SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid = $1)", oid).Scan(&gone); err != nil {
			t.Fatal(err)
		}
		if gone {
			s.lock = accessExclusive
			return s
		}
		name := schema.Name{}
		if err := tx.QueryRowContext(t.Context(), "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE oid = $1", oid).Scan(&name.Schema, &name.Table); err != nil {
			t.Fatal(err)
		}
		s, err := look(t.Context(), tx, name)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := read()
	if _, err := tx.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	after := read()
	e := plan.Effect{Lock: after.lock, Blocks: lockLevels[after.lock]}
	if after.file != 0 {
		e.Rewrites, e.Scans = after.file != before.file, after.scans > before.scans
		e.RebuildsIndexes = slices.ContainsFunc(after.indexes, func(f string) bool { return !slices.Contains(before.indexes, f) })
	}
	return e
}

// Statements that are not read further are known by their first words.
func TestVerbatimEffects(t *testing.T) {
	const setup = effectTable + `
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER was BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY was ON t;
CREATE SEQUENCE IF NOT EXISTS seq;
DO $$BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE STATISTICS IF NOT EXISTS was ON a, b FROM t; CREATE OR REPLACE FUNCTION old_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DO $$BEGIN CREATE TYPE hue AS ENUM ('red'); EXCEPTION WHEN duplicate_object THEN NULL; END$$;
DROP PUBLICATION IF EXISTS was; CREATE PUBLICATION was FOR TABLE t;
ALTER TABLE t ADD i int GENERATED ALWAYS AS IDENTITY, ADD g int GENERATED ALWAYS AS (a + 1) STORED;
CREATE SCHEMA IF NOT EXISTS elsewhere;`
	statements := []string{
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TYPE x AS ENUM ('a')",
		"CREATE DOMAIN x AS int", "CREATE SEQUENCE x", "ALTER SEQUENCE seq RESTART", "CREATE SCHEMA x", "GRANT SELECT ON t TO clerk", "REVOKE SELECT ON t FROM clerk",
		"CREATE VIEW v AS SELECT a FROM t", "CREATE MATERIALIZED VIEW v AS SELECT a FROM t", "SELECT a FROM t", "INSERT INTO t (id, nn, proven, proven2) VALUES (9, 9, 1, 1)",
		"COMMENT ON TABLE t IS 'x'", "COMMENT ON COLUMN t.a IS 'x'", "COMMENT ON SEQUENCE seq IS 'x'", "CREATE STATISTICS s ON a, b FROM t", "DROP STATISTICS was",
		"CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()", "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()",
		"DROP TRIGGER was ON t", "CREATE POLICY p ON t USING (true)", "ALTER POLICY was ON t USING (false)", "DROP POLICY was ON t", "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
		"DROP FUNCTION old_f", "ALTER TYPE hue ADD VALUE 'blue'", "ALTER TYPE hue RENAME VALUE 'red' TO 'rot'", "SET CONSTRAINTS ALL IMMEDIATE",
		"CREATE PUBLICATION p FOR TABLE t", "ALTER PUBLICATION was DROP TABLE t", "DROP PUBLICATION was",
		"CLUSTER t USING t_pkey", "REINDEX TABLE t", "REINDEX INDEX t_ix",
		"ALTER TABLE t SET (fillfactor = 70)", "ALTER TABLE t RESET (fillfactor)", "ALTER TABLE t CLUSTER ON t_pkey", "ALTER TABLE t SET WITHOUT CLUSTER",
		"ALTER TABLE t ENABLE TRIGGER was", "ALTER TABLE t ENABLE ALWAYS TRIGGER was", "ALTER TABLE t DISABLE TRIGGER ALL", "ALTER TABLE t OWNER TO clerk",
		"ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ALTER TABLE t NO FORCE ROW LEVEL SECURITY", "ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t RENAME CONSTRAINT fk TO fk2",
		"ALTER TABLE t SET SCHEMA elsewhere", "ALTER TABLE ONLY t ALTER COLUMN a SET STATISTICS 100, ALTER b SET (n_distinct = 5)", "ALTER TABLE t ALTER c SET STORAGE EXTERNAL",
		"ALTER TABLE t ALTER c SET COMPRESSION pglz", "ALTER TABLE t ALTER nn ADD GENERATED ALWAYS AS IDENTITY", "ALTER TABLE t ALTER i SET GENERATED BY DEFAULT", "ALTER TABLE t ALTER i DROP IDENTITY",
		"ALTER TABLE t ALTER g DROP EXPRESSION", "ALTER TABLE t SET (fillfactor = 70), ENABLE TRIGGER was, OWNER TO clerk",
	}
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, setup)
		for _, text := range statements {
			t.Run(text, func(t *testing.T) {
				got, want := verbatimEffect(schema.Verbatim{SQL: text}), measureEffect(t, db.pool, text)
				want.Scans = want.Scans && got.Scans // what an INSERT or a SELECT reads is not of interest
				want.RebuildsIndexes = want.RebuildsIndexes || want.Rewrites && got.RebuildsIndexes
				if want.Blocks == plan.BlocksNothing && got.Blocks == want.Blocks {
					want.Lock = got.Lock // GRANT locks nothing on 15 and takes ACCESS SHARE on 18
				}
				if !sameEffect(got, want) {
					t.Errorf("the words say %+v, measured %+v", got, want)
				}
			})
		}
	})
	for text, known := range map[string]bool{
		"DROP VIEW v": true, "ALTER TYPE s.\"E\" ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'": true,
		"ALTER TABLE t SET (fillfactor = 70), ATTACH PARTITION x DEFAULT": false, "UPDATE t SET a = 1": false, "DO 'x'": false, "DELETE FROM t": false,
		"SELECT wipe()": false, "SELECT pg_catalog.setval('seq', 4)": true, "SELECT count(*) FROM t": true, "SELECT a FROM t FOR UPDATE": false,
		"WITH gone AS (DELETE FROM t RETURNING a) SELECT a FROM gone": false, "SELECT a INTO other FROM t": false, "CALL wipe()": false,
		"INSERT INTO t (a) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2": false, "INSERT INTO t (a) VALUES (wipe())": false,
		"INSERT INTO t (a) SELECT 1 ON CONFLICT DO NOTHING": true, "MERGE INTO t USING o ON t.id = o.id WHEN MATCHED THEN DELETE": false,
		"REINDEX INDEX CONCURRENTLY t_ix": true, "ALTER TABLE t SET UNLOGGED": true, "TRUNCATE t": true,
	} {
		if e := verbatimEffect(schema.Verbatim{SQL: text}); (e.Source != plan.NotKnown) != known {
			t.Errorf("%s: %+v", text, e)
		}
	}
}

// DROP VIEW locks the view, and no table that it reads.
func TestDropViewLocks(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, "CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t")
		tx, err := db.pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback() //nolint:errcheck // that is what it is for
		var view, table string
		if _, err := tx.ExecContext(t.Context(), "CREATE TEMP TABLE was AS SELECT 'v'::regclass::oid AS v, 't'::regclass::oid AS t; DROP VIEW v"); err != nil {
			t.Fatal(err)
		}
		held := "coalesce((SELECT string_agg(l.mode, ',') FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.relation = was.%s), '')"
		if err := tx.QueryRowContext(t.Context(), "SELECT "+fmt.Sprintf(held, "v")+", "+fmt.Sprintf(held, "t")+" FROM was").Scan(&view, &table); err != nil {
			t.Fatal(err)
		}
		e := verbatimEffect(schema.Verbatim{SQL: "DROP VIEW v"})
		if strongest(view) != e.Lock || lockLevels[strongest(table)] > plan.BlocksNothing {
			t.Errorf("the words say %s, measured %s on the view and %s on its table", e.Lock, view, table)
		}
	})
}
