package dialects_test

import (
	"strings"
	"testing"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
)

// What stands in the way of a rename is in the finding.
func TestRenameInTheWay(t *testing.T) {
	for _, c := range []struct{ engine, schema, want string }{
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0))", "check t_a_check may need it"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int CHECK (a > 0))", "a check without a name may need it"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int REFERENCES t (id))", "foreign key t_a_fkey names it"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a + 1) STORED)", "column twice is computed and may need it"},
		{"postgres", "CREATE TABLE t (a int PRIMARY KEY)", "primary key t_pkey names it"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE INDEX i ON t (lower(a))", "index i is over an expression that may need it"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE DEFERRABLE)", "constraint t_a_key is deferrable"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int, UNIQUE (a) INCLUDE (id))", "constraint t_a_key has INCLUDE"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE); CREATE TABLE u (t int REFERENCES t (a))", "foreign key u_t_fkey of public.u needs index t_a_key"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a int GENERATED ALWAYS AS IDENTITY)", "column a hands out numbers"},
		{"postgres", "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE INDEX i ON t (id) WHERE id::a > 0", "the condition of index i is not understood"},
		{"mysql", "CREATE TABLE t (id int PRIMARY KEY, a int, UNIQUE KEY i (a)); CREATE TABLE u (t int, CONSTRAINT f FOREIGN KEY (t) REFERENCES t (a))", "foreign key f of u needs index i"},
		{"mysql", "CREATE TABLE t (id int PRIMARY KEY, a datetime NULL ON UPDATE CURRENT_TIMESTAMP, KEY i (a))", "has ON UPDATE or attributes"},
		{"mysql", "CREATE TABLE t (a int NOT NULL, UNIQUE KEY i (A))", "may be stored in the order of index i"},
		{"mysql", "CREATE TABLE t (id int PRIMARY KEY, a text, FULLTEXT KEY i (a))", "others would wait for its add-column"},
		{"mariadb", "CREATE TABLE t (id int PRIMARY KEY, a point NOT NULL)", "column a is NOT NULL without a default"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, CONSTRAINT u UNIQUE (a))", "part of the table's definition"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int UNIQUE)", "which index serves its unique constraint is not known"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE INDEX i ON t (id) WHERE A > 0", "others would wait while an index like i is built"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE INDEX i ON t (a)", "others would wait while an index like i is built"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END", "trigger r may name the column"},
		{"sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE VIEW v AS SELECT a FROM t", "view v may use column a"},
	} {
		version := map[string]string{"postgres": "18.4", "mysql": "9.7.0", "mariadb": "11.8.2", "sqlite": "3.50.0"}[c.engine]
		p := planOffline(t, c.engine, version, c.schema, "ALTER TABLE t RENAME COLUMN a TO b")
		if p.Verdict != plan.IsUnsafe || len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Message, c.want) {
			t.Errorf("%s: %s: the plan is %s, and not because %q", c.engine, c.schema, p.Verdict, c.want)
			for _, f := range p.Findings {
				t.Log(f.Message)
			}
		}
	}
}

func planOffline(t *testing.T, dialect, version, schema, change string) *plan.Plan {
	t.Helper()
	d, err := dialects.Offline(dialect, version)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Schema(schema)
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := d.Parse("change.sql", change, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(stmts, s, d, planner.Options{Mode: plan.Safe, Limits: planner.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What others meet while a column has two names is in the plan.
func TestRenameIsAnnounced(t *testing.T) {
	for engine, version := range map[string]string{"postgres": "18.4", "mysql": "9.7.0", "mariadb": "11.8.2", "sqlite": "3.50.0"} {
		p := planOffline(t, engine, version, "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int DEFAULT 7)", "ALTER TABLE t RENAME COLUMN a TO b")
		var said string
		for _, s := range p.Steps {
			said += s.Meanwhile
		}
		for _, want := range []string{"INSERT without column names and SELECT * meet both a and b", "NULL inserted as b counts as no value"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q does not say %q", engine, said, want)
			}
		}
	}
}
