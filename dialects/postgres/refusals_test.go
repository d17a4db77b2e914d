package postgres

import (
	"errors"
	"strings"
	"testing"

	"surefoot/planner"
	"surefoot/schema"
)

// What a copy cannot carry over is said when the change is planned, with the reason.
func TestRefusals(t *testing.T) {
	cases := []struct{ setup, want string }{
		{"CREATE TABLE t (id int PRIMARY KEY, a int) PARTITION BY RANGE (id)", "the table is partitioned"},
		{"CREATE TABLE up (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); CREATE TABLE t PARTITION OF up FOR VALUES FROM (1) TO (9)", "the table is a partition"},
		{"CREATE TABLE up (id int, a int); CREATE TABLE t (PRIMARY KEY (id)) INHERITS (up)", "it inherits from public.up"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE down () INHERITS (t)", "public.down inherits from it"},
		{"CREATE TYPE row AS (id int, a int); CREATE TABLE t OF row (PRIMARY KEY (id))", "the table is typed"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING", "rule quiet on t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT a FROM t; CREATE RULE quiet AS ON DELETE TO v DO INSTEAD NOTHING", "rule quiet on v"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t", "materialized view m"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM v", "materialized view m"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END", "function public.f() has a body that is bound to t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.f(public.t) takes or gives rows of t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'", "function public.f() takes or gives rows of t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE o (id int, was t[])", "a column of public.o has the row type of t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE o (id int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (id IN (SELECT a FROM t))", "policy p on public.o reads t"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE PUBLICATION everything FOR ALL TABLES", "publication everything publishes all tables"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int, n int GENERATED ALWAYS AS IDENTITY); CREATE TABLE o (id int DEFAULT nextval('t_n_seq'))", "a default of public.o uses the identity sequence public.t_n_seq"},
		{"CREATE TABLE t (id int, a int)", "no primary key"},
		{"CREATE TABLE t (id int UNIQUE, a int)", "no primary key"},
		{"CREATE TABLE t (id float8 PRIMARY KEY, a int)", "floating-point"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a + 1) STORED)", "generated column g is made of a"},
		{"CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE o (id int, t int REFERENCES t) PARTITION BY RANGE (id)", "comes from the partitioned table public.o"},
	}
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		for _, c := range cases {
			t.Run(c.setup, func(t *testing.T) {
				exec(t, db.pool, "DROP PUBLICATION IF EXISTS everything", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", c.setup)
				refused(t, db, c.want)
			})
		}
		if db.major >= 15 {
			exec(t, db.pool, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CREATE TABLE t (id int PRIMARY KEY, a int)", "CREATE PUBLICATION \"some\" FOR TABLES IN SCHEMA public")
			refused(t, db, "publishes all tables of schema public")
			exec(t, db.pool, "DROP PUBLICATION \"some\"")
		}
	})
}

func refused(t *testing.T, db *Database, want string) {
	t.Helper()
	s := inspect(t, db)
	stmts, err := db.Parse("", "ALTER TABLE t ALTER a TYPE bigint", s)
	if err != nil {
		t.Fatal(err)
	}
	_, err = planner.Build(stmts, s, db, planner.Options{})
	var refusal *schema.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) {
		t.Errorf("planning gives %v", err)
	}
}

func TestCarries(t *testing.T) {
	d := dialect(t, "18")
	s, err := d.Schema("CREATE TABLE t (id int PRIMARY KEY, code varchar(10), a int, n numeric(10,2), u text UNIQUE)")
	if err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		"ALTER TABLE t ALTER a TYPE bigint":                               "",
		"ALTER TABLE t ALTER id TYPE bigint":                              "",
		"ALTER TABLE t ALTER id TYPE numeric":                             "",
		"ALTER TABLE t ALTER id TYPE text":                                "may sort in another order",
		"ALTER TABLE t ALTER id TYPE bigint USING -id":                    "may sort in another order",
		"ALTER TABLE t ALTER id TYPE bigint USING id::bigint":             "",
		"ALTER TABLE t ALTER a TYPE uuid USING gen_random_uuid()":         "gives another value each time",
		"ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX i":             "without a copy",
		"ALTER TABLE t ADD PRIMARY KEY (a)":                               "has a primary key already",
		"ALTER TABLE t DROP CONSTRAINT t_pkey":                            "in the order of this constraint's columns",
		"ALTER TABLE t DROP CONSTRAINT t_u_key":                           "",
		"ALTER TABLE t DROP COLUMN a":                                     "a copy is not needed",
		"ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a*2) STORED": "",
		"ALTER TABLE t ADD CONSTRAINT u UNIQUE (code) INCLUDE (a)":        "",
	} {
		stmts, err := d.Parse("", sql, s)
		if err != nil {
			t.Fatal(err)
		}
		got := d.Carries(stmts[0].Changes[0], s)
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q", sql, got)
		}
	}
}

func TestPlainCast(t *testing.T) {
	for using, want := range map[string]bool{
		"a": true, "a::int": true, "(a)::int": true, "((a::text)::numeric(10,2))": true, "CAST(a AS int)": true, `"a"::int`: true, "a::character varying(20)": true, "a::public.mood": true,
		"cast(a as numeric(10, 2))": true,
		"a + 1":                     false, "b::int": false, "(a)::int + (a)": false, "length(a)": false, "a::int * 2": false, "(a)(b)": false, "a::int || b": false, "CASE WHEN a THEN b END": false,
		"-a": false, "CAST(a AS int) + 1": false, "CAST(a + 1 AS int)": false, "a AT TIME ZONE 'UTC'": false, "": false, "a::text COLLATE \"C\"": false, "a -- x": true,
	} {
		if got := plainCast(schema.Mapping{From: "a", Using: using}); got != want {
			t.Errorf("%s: %v", using, got)
		}
	}
}
