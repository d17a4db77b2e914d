package postgres

import (
	"slices"

	"surefoot/conform"
)

// base is a table with rows that most pairs start from.
const (
	base     = "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x');"
	baseRows = "INSERT INTO t SELECT g, g % 7, 'b' || g, 'c' || g FROM generate_series(1, 200) g;"
)

// from makes a pair that starts from base.
func from(name, want string) conform.Pair {
	return conform.Pair{Name: name, Have: base, Rows: baseRows, Want: want}
}

// wantedPairs are made after the kinds of differences that tools for PostgreSQL schemas document.
func wantedPairs(major int) []conform.Pair {
	pairs := slices.Concat(columnPairs, indexPairs, constraintPairs, tablePairs, typePairs, sequencePairs, inheritPairs, dressPairs)
	if major >= 15 {
		pairs = append(pairs, from("unique nulls not distinct", "CREATE TABLE t (id int PRIMARY KEY, a int, b text UNIQUE NULLS NOT DISTINCT, c varchar(20) NOT NULL DEFAULT 'x')"))
	}
	expression := conform.Pair{
		Name: "stored expression changes", Have: "CREATE TABLE g (id int PRIMARY KEY, a int, d int GENERATED ALWAYS AS (a * 2) STORED)", Rows: "INSERT INTO g (id, a) SELECT g, g FROM generate_series(1, 50) g",
		Want: "CREATE TABLE g (id int PRIMARY KEY, a int, d int GENERATED ALWAYS AS (a * 3) STORED)", Changed: []string{"g.d"},
	}
	if major < 17 {
		expression.Refused = "from version 17 on"
	}
	pairs = append(pairs, expression)
	if major >= 18 {
		pairs = append(pairs, newPairs...)
	}
	return pairs
}

var columnPairs = []conform.Pair{
	{
		Name: "computed to plain, and its source retyped", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED)", Rows: "INSERT INTO t (id, a) VALUES (1, 2)",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a bigint, b int)",
	},
	from("nothing", base),
	from("add column", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n text)"),
	from("add column with default", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n timestamptz NOT NULL DEFAULT now())"),
	from("add stored column", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n int GENERATED ALWAYS AS (a + 1) STORED)"),
	from("add identity column", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5))"),
	from("add serial column", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n bigserial)"),
	from("add column with collation and comment", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', \"N n\" text COLLATE \"C\" DEFAULT 'it''s'); COMMENT ON COLUMN t.\"N n\" IS 'a ''note''';"),
	from("drop column", "CREATE TABLE t (id int PRIMARY KEY, a int, c varchar(20) NOT NULL DEFAULT 'x')"),
	from("type wider", "CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b text, c varchar(40) NOT NULL DEFAULT 'x')"),
	from("varchar to text", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c text NOT NULL DEFAULT 'x')"),
	from("int to text with default", "CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT '7', b text, c varchar(20) NOT NULL DEFAULT 'x')"),
	from("collation", "CREATE TABLE t (id int PRIMARY KEY, a int, b text COLLATE \"C\", c varchar(20) NOT NULL DEFAULT 'x')"),
	from("set default", "CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 5, b text DEFAULT upper('q'), c varchar(20) NOT NULL DEFAULT 'x')"),
	from("drop default", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL)"),
	from("change default", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'X')"),
	from("set and drop not null", "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text, c varchar(20) DEFAULT 'x')"),
	from("order of columns", "CREATE TABLE t (c varchar(20) NOT NULL DEFAULT 'x', id int PRIMARY KEY, b text, a int)"),
	{
		Name: "text to int", Have: "CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT '1')", Rows: "INSERT INTO t SELECT g, g::text FROM generate_series(1, 20) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1)",
	},
	{
		Name: "int to boolean", Have: "CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1)", Rows: "INSERT INTO t SELECT g, g % 2 FROM generate_series(1, 20) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a boolean DEFAULT true)", Changed: []string{"t.a"},
	},
	{
		Name: "timestamp to timestamptz", Have: "CREATE TABLE t (id int PRIMARY KEY, a timestamp)", Rows: "INSERT INTO t SELECT g, now() FROM generate_series(1, 20) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a timestamptz)", Changed: []string{"t.a"},
	},
	{
		Name: "identity kind", Have: "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 10) PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 100 INCREMENT BY 10) PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "identity numbers", Have: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 MAXVALUE 1000000 CACHE 5 CYCLE) PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "identity to bigint", Have: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "plain to identity", Have: "CREATE TABLE t (id int PRIMARY KEY, v text)", Rows: "INSERT INTO t SELECT g, 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "serial to identity", Have: "CREATE TABLE t (id serial PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "identity to plain", Have: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, v text)",
	},
	{
		Name: "identity to serial", Have: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id serial PRIMARY KEY, v text)", Refused: "belongs to identity column",
	},
	{
		Name: "serial to bigserial", Have: "CREATE TABLE t (id serial PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id bigserial PRIMARY KEY, v text)", After: "INSERT INTO t (v) VALUES ('more')",
	},
	{
		Name: "serial to plain", Have: "CREATE TABLE t (id serial PRIMARY KEY, v text)", Rows: "INSERT INTO t (v) SELECT 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, v text)",
	},
	{
		Name: "plain to serial", Have: "CREATE TABLE t (id int PRIMARY KEY, v text)", Rows: "INSERT INTO t SELECT g, 's' || g FROM generate_series(1, 30) g",
		Want: "CREATE TABLE t (id serial PRIMARY KEY, v text)",
	},
	{
		Name: "generated to plain", Have: "CREATE TABLE t (id int PRIMARY KEY, w int NOT NULL, cost int GENERATED ALWAYS AS (w * 7) STORED)", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 40) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, w int NOT NULL, cost int)",
	},
	{
		Name: "generated to plain with default and not null", Have: "CREATE TABLE t (id int PRIMARY KEY, w int NOT NULL, cost int GENERATED ALWAYS AS (w * 7) STORED)", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 40) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, w int NOT NULL, cost bigint NOT NULL DEFAULT 4)",
	},
	{
		Name: "plain to generated", Have: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int)", Rows: "INSERT INTO t SELECT g, g, 3 FROM generate_series(1, 40) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int GENERATED ALWAYS AS (w * 7) STORED)", Refused: "cannot make the ordinary column cost a generated one",
	},
}

const withIndexes = `CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x'); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b) WHERE b <> 'A';`

var indexPairs = []conform.Pair{
	from("add index", withIndexes),
	from("add index with everything", base+"CREATE UNIQUE INDEX \"T i\" ON t USING btree (c COLLATE \"C\" text_pattern_ops DESC NULLS LAST, lower(b)) INCLUDE (a) WITH (fillfactor = 70) WHERE a IS NOT NULL;"),
	from("add gin and hash and brin", base+"CREATE INDEX g ON t USING gin (to_tsvector('simple', b)); CREATE INDEX h ON t USING hash (b); CREATE INDEX r ON t USING brin (id);"),
	{Name: "drop index", Have: withIndexes, Rows: baseRows, Want: base},
	{Name: "index predicate differs in case", Have: withIndexes, Rows: baseRows, Want: base + "CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b) WHERE b <> 'a';"},
	{Name: "index columns and order", Have: withIndexes, Rows: baseRows, Want: base + "CREATE INDEX t_a ON t (a DESC, b); CREATE INDEX t_b ON t (b) WHERE b <> 'A';"},
	{Name: "index opclass", Have: withIndexes, Rows: baseRows, Want: base + "CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b text_pattern_ops) WHERE b <> 'A';"},
	{Name: "index becomes unique", Have: base + "CREATE INDEX t_b ON t (b);", Rows: baseRows, Want: base + "CREATE UNIQUE INDEX t_b ON t (b);"},
	{Name: "index include and storage", Have: withIndexes, Rows: baseRows, Want: base + "CREATE INDEX t_a ON t (a) INCLUDE (c) WITH (fillfactor = 50); CREATE INDEX t_b ON t (b) WHERE b <> 'A';"},
	{Name: "index changes and keeps its comment", Have: withIndexes + "COMMENT ON INDEX t_a IS 'why';", Rows: baseRows, Want: base + "CREATE INDEX t_a ON t (a, c); CREATE INDEX t_b ON t (b) WHERE b <> 'A'; COMMENT ON INDEX t_a IS 'why';"},
	{Name: "index becomes constraint", Have: base + "CREATE UNIQUE INDEX t_b ON t (b);", Rows: baseRows, Want: "CREATE TABLE t (id int PRIMARY KEY, a int, b text CONSTRAINT t_b UNIQUE, c varchar(20) NOT NULL DEFAULT 'x');"},
	{Name: "index of a dropped column", Have: withIndexes, Rows: baseRows, Want: "CREATE TABLE t (id int PRIMARY KEY, a int, c varchar(20) NOT NULL DEFAULT 'x'); CREATE INDEX t_a ON t (a);"},
}

var constraintPairs = []conform.Pair{
	from("add unique", "CREATE TABLE t (id int PRIMARY KEY, a int, b text UNIQUE, c varchar(20) NOT NULL DEFAULT 'x')"),
	from("add unique deferrable with include", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT u UNIQUE (b, a) INCLUDE (c) DEFERRABLE)"),
	from("add check", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT k CHECK (a < 100 OR b = 'A'))"),
	from("add check no inherit", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT k CHECK (a < 100) NO INHERIT)"),
	from("add check not valid", base+"ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1000) NOT VALID"),
	from("add exclusion", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT e EXCLUDE USING hash (b WITH =))"),
	from("drop primary key", "CREATE TABLE t (id int NOT NULL, a int, b text, c varchar(20) NOT NULL DEFAULT 'x')"),
	from("primary key of other columns", "CREATE TABLE t (id int NOT NULL, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT t_pkey PRIMARY KEY (c, id))"),
	{
		Name: "unique becomes deferrable", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT u UNIQUE (id, a)); COMMENT ON CONSTRAINT u ON t IS 'once';", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 50) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT u UNIQUE (id, a) DEFERRABLE INITIALLY DEFERRED); COMMENT ON CONSTRAINT u ON t IS 'once';",
	},
	{
		Name: "check becomes no inherit", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT k CHECK (a > 0))", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 50) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT k CHECK (a > 0) NO INHERIT)",
	},
	{
		Name: "check is validated", Have: "CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 50) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT k CHECK (a > 0))",
	},
	{
		Name: "exclusion changes", Have: "CREATE TABLE t (id int PRIMARY KEY, r int4range, CONSTRAINT e EXCLUDE USING gist (r WITH &&))", Rows: "INSERT INTO t SELECT g, int4range(g * 10, g * 10 + 5) FROM generate_series(1, 50) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, r int4range, CONSTRAINT e EXCLUDE USING gist (r WITH &&) WHERE (id > 5) DEFERRABLE)",
	},
	{
		Name: "foreign key added", Have: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int);", Rows: "INSERT INTO p SELECT g FROM generate_series(1, 5) g; INSERT INTO t SELECT g, g % 5 + 1 FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE DEFERRABLE);",
	},
	{
		Name: "foreign key action changes", Have: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);", Rows: "INSERT INTO p SELECT g FROM generate_series(1, 5) g; INSERT INTO t SELECT g, g % 5 + 1 FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL);",
	},
	{
		Name: "foreign key dropped", Have: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);", Rows: "INSERT INTO p SELECT g FROM generate_series(1, 5) g; INSERT INTO t SELECT g, g % 5 + 1 FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int);",
	},
	{
		Name: "key under a foreign key is renamed", Have: "CREATE TABLE p (id int CONSTRAINT one PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);", Rows: "INSERT INTO p SELECT g FROM generate_series(1, 5) g; INSERT INTO t SELECT g, g % 5 + 1 FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE p (id int CONSTRAINT two PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);",
	},
	{
		Name: "both sides of a foreign key widen", Have: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);", Rows: "INSERT INTO p SELECT g FROM generate_series(1, 5) g; INSERT INTO t SELECT g, g % 5 + 1 FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p bigint REFERENCES p);",
	},
	{
		Name: "foreign key to a new table", Have: "CREATE TABLE t (id int PRIMARY KEY, p int);", Rows: "INSERT INTO t SELECT g, NULL FROM generate_series(1, 50) g;",
		Want: "CREATE TABLE z (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES z);",
	},
}

var tablePairs = []conform.Pair{
	{
		Name: "an index's name goes to another table", Have: "CREATE TABLE leaving (id int PRIMARY KEY, a int); CREATE INDEX ti ON leaving (a)", Rows: "INSERT INTO leaving VALUES (1, 2)",
		Want: "CREATE TABLE coming (id int PRIMARY KEY, a int); CREATE INDEX ti ON coming (a)",
	},
	{Name: "first table", Have: "SELECT 1", Want: "CREATE TABLE a (i int PRIMARY KEY)"},
	{Name: "table without columns", Have: "SELECT 1", Want: "CREATE TABLE a ()"},
	{Name: "new table with everything", Have: "SELECT 1", Want: `
		CREATE TYPE mood AS ENUM ('good', 'it''s bad', 'Ö'); CREATE DOMAIN positive AS int DEFAULT 3 CHECK (VALUE > 0);
		CREATE TYPE pair AS (a int, b text); CREATE SEQUENCE numbers START 7 INCREMENT 3;
		CREATE TABLE "Par ent" (id serial PRIMARY KEY, code text UNIQUE);
		CREATE TABLE everything (
			id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 5 INCREMENT BY 2 MINVALUE -3 MAXVALUE 100000 CACHE 3 CYCLE), n int DEFAULT nextval('numbers'), m mood NOT NULL DEFAULT 'good', ms mood[],
			p positive, pr pair, parent int REFERENCES "Par ent" ON DELETE SET NULL, other int DEFAULT 1,
			doubled bigint GENERATED ALWAYS AS (id * 2) STORED, "Odd ""name" varchar(7) COLLATE "C" DEFAULT 'a''b', d numeric(8,2), ts timestamptz(3) DEFAULT now(), arr int[] DEFAULT '{1,2}', j jsonb DEFAULT '{}',
			PRIMARY KEY (id, m), CONSTRAINT up UNIQUE (d) INCLUDE (ts) DEFERRABLE, CHECK (d > 0), EXCLUDE USING gist (tstzrange(ts, NULL) WITH &&)
		) WITH (fillfactor = 80, toast.autovacuum_enabled = false);
		ALTER TABLE everything ALTER j SET STORAGE EXTERNAL, ALTER d SET STATISTICS 77, ALTER d SET (n_distinct = 5), REPLICA IDENTITY FULL;
		CREATE INDEX ev ON everything (lower("Odd ""name")) INCLUDE (d) WHERE d > 3; CREATE INDEX ON everything USING gin (j); CREATE INDEX cl ON everything (d); ALTER TABLE everything CLUSTER ON cl;
		COMMENT ON TABLE everything IS 'all of it'; COMMENT ON COLUMN everything.d IS 'money'; COMMENT ON CONSTRAINT up ON everything IS 'once'; COMMENT ON INDEX ev IS 'i';
		COMMENT ON TYPE mood IS 'm'; COMMENT ON SEQUENCE numbers IS 's';`},
	{Name: "tables that refer to each other", Have: "SELECT 1", Want: `CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE;
		CREATE TABLE self (id int PRIMARY KEY, up int REFERENCES self)`},
	{Name: "unlogged table", Have: "CREATE TABLE t (id int PRIMARY KEY)", Want: "CREATE TABLE t (id int PRIMARY KEY); CREATE UNLOGGED TABLE u (id serial PRIMARY KEY)"},
	{Name: "new schema objects in another schema", Have: "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY)", Want: "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, n text); CREATE TABLE app.u (id int PRIMARY KEY REFERENCES app.t)"},
	{
		Name: "children dropped before parents", Have: "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); CREATE TABLE c (id int PRIMARY KEY, b int REFERENCES b);",
		Rows: "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 1);", Want: "CREATE TABLE c (id int PRIMARY KEY)",
	},
	{Name: "tables that refer to each other are dropped", Have: "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;", Want: "CREATE TABLE c (id int)"},
	{Name: "table with its types and sequences dropped", Have: "CREATE TYPE mood AS ENUM ('a'); CREATE SEQUENCE s; CREATE TABLE a (id serial PRIMARY KEY, m mood, n int DEFAULT nextval('s')); CREATE TABLE b (id int);", Want: "CREATE TABLE b (id int);"},
	{
		Name: "view in the way of a dropped column", Have: base + "CREATE VIEW v AS SELECT id, b FROM t;", Rows: baseRows,
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int, c varchar(20) NOT NULL DEFAULT 'x'); CREATE VIEW v AS SELECT id, a AS b FROM t;", Refused: "view public.v",
	},
	{
		Name: "view in the way of a dropped table", Have: base + "CREATE TABLE u (id int); CREATE VIEW v AS SELECT id FROM u;", Rows: baseRows, Want: base, Refused: "view public.v",
	},
}

var typePairs = []conform.Pair{
	{
		Name: "text to enum", Have: "CREATE TABLE item (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active'); CREATE INDEX ON item (status);", Rows: "INSERT INTO item SELECT g, (array['active','gone'])[g%2+1] FROM generate_series(1, 50) g",
		Want: "CREATE TYPE item_status AS ENUM ('active', 'gone'); CREATE TABLE item (id int PRIMARY KEY, status item_status NOT NULL DEFAULT 'active'); CREATE INDEX ON item (status);",
	},
	{
		Name: "enum to text", Have: "CREATE TYPE item_status AS ENUM ('active', 'gone'); CREATE TABLE item (id int PRIMARY KEY, status item_status NOT NULL DEFAULT 'active');", Rows: "INSERT INTO item SELECT g, (array['active','gone'])[g%2+1]::item_status FROM generate_series(1, 50) g",
		Want: "CREATE TABLE item (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active');",
	},
	{
		Name: "enum to another enum", Have: "CREATE TYPE s1 AS ENUM ('a', 'b'); CREATE TABLE item (id int PRIMARY KEY, status s1 DEFAULT 'a', list s1[]);", Rows: "INSERT INTO item SELECT g, (array['a','b'])[g%2+1]::s1, '{a,b}' FROM generate_series(1, 50) g",
		Want: "CREATE TYPE s2 AS ENUM ('b', 'a', 'c'); CREATE TABLE item (id int PRIMARY KEY, status s2 DEFAULT 'a', list s2[]);",
	},
	{
		Name: "enum values added and used", Have: "CREATE TYPE s AS ENUM ('b', 'd'); CREATE TABLE item (id int PRIMARY KEY, status s DEFAULT 'b');", Rows: "INSERT INTO item SELECT g, 'd' FROM generate_series(1, 50) g",
		Want: "CREATE TYPE s AS ENUM ('a', 'b', 'c', 'c2', 'd', 'e', 'f'); CREATE TABLE item (id int PRIMARY KEY, status s DEFAULT 'c2', CHECK (status <> 'f'));",
	},
	{
		Name: "enum value removed", Have: "CREATE TYPE s AS ENUM ('a', 'b'); CREATE TABLE item (id int PRIMARY KEY, status s);",
		Want: "CREATE TYPE s AS ENUM ('a'); CREATE TABLE item (id int PRIMARY KEY, status s);", Refused: "does not take values out of an enum",
	},
	{
		Name: "enum reordered", Have: "CREATE TYPE s AS ENUM ('a', 'b'); CREATE TABLE item (id int PRIMARY KEY, status s);",
		Want: "CREATE TYPE s AS ENUM ('b', 'a'); CREATE TABLE item (id int PRIMARY KEY, status s);", Refused: "another order",
	},
	{Name: "domain changes", Have: "CREATE DOMAIN d AS int; CREATE TABLE t (a d);", Want: "CREATE DOMAIN d AS bigint; CREATE TABLE t (a d);", Refused: "domain of public.d differs"},
	{Name: "enum in an odd name", Have: "CREATE TABLE t (id int, a text)", Rows: "INSERT INTO t VALUES (1, 'x y')", Want: `CREATE TYPE "Odd Mood" AS ENUM ('x y'); CREATE TABLE t (id int, a "Odd Mood")`},
}

var sequencePairs = []conform.Pair{
	{Name: "sequence made", Have: "CREATE TABLE t (id int)", Want: "CREATE SEQUENCE s AS smallint MINVALUE 3 NO CYCLE; CREATE TABLE t (id int DEFAULT nextval('s'))"},
	{Name: "sequence changed", Have: "CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s'))", Rows: "INSERT INTO t DEFAULT VALUES", Want: "CREATE SEQUENCE s AS int INCREMENT 5 CACHE 4 MAXVALUE 5000 CYCLE; CREATE TABLE t (id int DEFAULT nextval('s'))"},
	{Name: "sequence dropped", Have: "CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s'))", Want: "CREATE TABLE t (id int)"},
	{Name: "sequence gets an owner", Have: "CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s'))", Want: "CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY t.id"},
	{Name: "column with its sequence dropped", Have: "CREATE TABLE t (id int, n serial)", Rows: "INSERT INTO t VALUES (1)", Want: "CREATE TABLE t (id int)"},
}

const parts = "CREATE TABLE m (id int NOT NULL, at date NOT NULL, v text) PARTITION BY RANGE (at); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE m0 PARTITION OF m DEFAULT;"

var inheritPairs = []conform.Pair{
	{
		Name: "column of a parent", Have: "CREATE TABLE p (id int, k text); CREATE TABLE c1 (CHECK (k = 'A'), UNIQUE (id)) INHERITS (p); CREATE TABLE c2 (x int) INHERITS (p);", Rows: "INSERT INTO c1 SELECT g, 'A' FROM generate_series(1, 9) g; INSERT INTO c2 VALUES (1, 'q', 2);",
		Want: "CREATE TABLE p (id int, k text, note text DEFAULT 'n'); CREATE TABLE c1 (CHECK (k = 'A'), UNIQUE (id)) INHERITS (p); CREATE TABLE c2 (x int) INHERITS (p);",
	},
	{
		Name: "column of a parent changes and goes", Have: "CREATE TABLE p (id int, k text DEFAULT 'a', z int); CREATE TABLE c1 (k text DEFAULT 'own') INHERITS (p);", Rows: "INSERT INTO c1 SELECT g, 'A' FROM generate_series(1, 9) g;",
		Want: "CREATE TABLE p (id bigint, k text DEFAULT 'b'); CREATE TABLE c1 (k text DEFAULT 'own') INHERITS (p);",
	},
	{Name: "new children", Have: "CREATE TABLE p (id int, k text DEFAULT 'a', CHECK (id > 0))", Rows: "INSERT INTO p VALUES (1)", Want: "CREATE TABLE c (k text DEFAULT 'own', x int) INHERITS (p)", Refused: "does not exist"},
	{Name: "new children of a parent", Have: "CREATE TABLE p (id int, k text DEFAULT 'a', CHECK (id > 0))", Rows: "INSERT INTO p VALUES (1)", Want: "CREATE TABLE p (id int, k text DEFAULT 'a', CHECK (id > 0)); CREATE TABLE a_child (x int, PRIMARY KEY (id)) INHERITS (p)"},
	{Name: "child leaves its parent", Have: "CREATE TABLE p (id int); CREATE TABLE c (x int) INHERITS (p)", Want: "CREATE TABLE p (id int); CREATE TABLE c (id int, x int)", Refused: "parents of public.c differs"},
	{Name: "family dropped", Have: "CREATE TABLE p (id int); CREATE TABLE a_child (x int) INHERITS (p); CREATE TABLE t (id int);", Want: "CREATE TABLE t (id int)"},
	{Name: "new partitioned table", Have: "CREATE TABLE t (id int)", Want: "CREATE TABLE t (id int); " + parts + "ALTER TABLE m ADD PRIMARY KEY (id, at); CREATE INDEX m_v ON m (v); CREATE INDEX m1_own ON m1 (id);"},
	{Name: "column of a partitioned table", Have: parts, Rows: "INSERT INTO m VALUES (1, '2024-05-05', 'a'), (2, '2030-01-01', 'b')", Want: "CREATE TABLE m (id bigint NOT NULL, at date NOT NULL, v text, n int) PARTITION BY RANGE (at); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE m0 PARTITION OF m DEFAULT;"},
	{Name: "index and key of a partitioned table", Have: parts, Rows: "INSERT INTO m VALUES (1, '2024-05-05', 'a'), (2, '2030-01-01', 'b')", Want: parts + "CREATE INDEX m_v ON m (v); ALTER TABLE m ADD CONSTRAINT mk PRIMARY KEY (id, at);"},
	{Name: "index of a partitioned table dropped", Have: parts + "CREATE INDEX m_v ON m (v);", Want: parts},
	{Name: "partition added", Have: parts, Want: parts + "CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"},
	{Name: "partition dropped", Have: parts, Want: "CREATE TABLE m (id int NOT NULL, at date NOT NULL, v text) PARTITION BY RANGE (at); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"},
	{Name: "partition bounds change", Have: parts, Want: "CREATE TABLE m (id int NOT NULL, at date NOT NULL, v text) PARTITION BY RANGE (at); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2023-01-01') TO ('2025-01-01'); CREATE TABLE m0 PARTITION OF m DEFAULT;", Refused: "parents of public.m1 differs"},
	{Name: "table becomes partitioned", Have: "CREATE TABLE m (id int)", Want: "CREATE TABLE m (id int) PARTITION BY RANGE (id)", Refused: "partitioning of public.m differs"},
}

var dressPairs = []conform.Pair{
	from("comments added", base+"COMMENT ON TABLE t IS 'it''s {table}'; COMMENT ON COLUMN t.a IS 'a'; COMMENT ON CONSTRAINT t_pkey ON t IS 'k'; COMMENT ON INDEX t_pkey IS 'ix';"),
	{Name: "comments change and go", Have: base + "COMMENT ON TABLE t IS 'one'; COMMENT ON COLUMN t.a IS 'a'; COMMENT ON CONSTRAINT t_pkey ON t IS 'k';", Rows: baseRows, Want: base + "COMMENT ON TABLE t IS 'two';"},
	from("storage parameters", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x') WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false)"),
	{Name: "storage parameters change and go", Have: "CREATE TABLE t (id int PRIMARY KEY, b text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false)", Want: "CREATE TABLE t (id int PRIMARY KEY, b text) WITH (fillfactor = 60)"},
	{Name: "storage parameters go", Have: "CREATE TABLE t (id int PRIMARY KEY, b text) WITH (fillfactor = 70)", Want: "CREATE TABLE t (id int PRIMARY KEY, b text)"},
	from("columns are kept otherwise", base+"ALTER TABLE t ALTER b SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz, ALTER a SET STATISTICS 300, ALTER a SET (n_distinct = -0.5), REPLICA IDENTITY USING INDEX t_pkey, CLUSTER ON t_pkey"),
	{Name: "columns are kept as usual", Have: base + "ALTER TABLE t ALTER b SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz, ALTER a SET STATISTICS 300, ALTER a SET (n_distinct = -0.5), REPLICA IDENTITY USING INDEX t_pkey, CLUSTER ON t_pkey", Rows: baseRows, Want: base},
	from("unlogged", "CREATE UNLOGGED TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x')"),
	from("views and functions are left alone", base+"CREATE VIEW v AS SELECT 1 AS one"),
}

// newPairs are of PostgreSQL 18.
var newPairs = []conform.Pair{
	from("add virtual column", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', n int GENERATED ALWAYS AS (a + 1) VIRTUAL)"),
	from("add check not enforced", "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT k CHECK (a > 1000) NOT ENFORCED)"),
	{
		Name: "virtual to plain", Have: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int GENERATED ALWAYS AS (w * 7) VIRTUAL)", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 40) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int)", Refused: "is virtual",
	},
	{
		Name: "virtual expression changes", Have: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int GENERATED ALWAYS AS (w * 7) VIRTUAL)", Rows: "INSERT INTO t SELECT g, g FROM generate_series(1, 40) g",
		Want: "CREATE TABLE t (id int PRIMARY KEY, w int, cost int GENERATED ALWAYS AS (w * 8) VIRTUAL)", Changed: []string{"t.cost"},
	},
}
