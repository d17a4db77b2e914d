package postgres

import (
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/conform/servers"
	"surefoot/plan"
	"surefoot/planner"
)

// Each kind of index that names a column, beside indexes that do not.
func TestRenames(t *testing.T) {
	indexed := []string{
		`CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 3, note text, "the ""code" varchar(40))`,
		`INSERT INTO t SELECT g, g % 7, 'n', CASE WHEN g % 9 > 0 THEN 'a' || g END FROM generate_series(1, 400) g`,
		`ALTER TABLE t ADD CONSTRAINT t_one UNIQUE ("the ""code")`,
		`CREATE INDEX t_plain ON t ("the ""code")`,
		`CREATE INDEX t_both ON t (a, "the ""code" varchar_pattern_ops DESC NULLS LAST) WITH (fillfactor = 80)`,
		`CREATE UNIQUE INDEX t_some ON t ("the ""code", a) INCLUDE (note) WHERE "the ""code" <> 'the "code' AND a > 0`,
		`CREATE INDEX t_with ON t USING hash ("the ""code")`,
		`CREATE INDEX t_inside ON t (a) INCLUDE ("the ""code")`,
		`CREATE INDEX t_other ON t (a) WHERE note <> ''`,
	}
	cases := []conform.Rename{{
		Name: "all kinds", Setup: indexed, SQL: `ALTER TABLE t RENAME "the ""code" TO "SKU ""x"`, Old: `"the ""code"`, New: `"SKU ""x"`,
	}, {
		Name: "not null", Kill: true, Limits: planner.DefaultLimits(), Ignore: "_not_null", Old: "code", New: "sku", SQL: "ALTER TABLE t RENAME code TO sku", Setup: []string{
			`CREATE TABLE t (id int, code text NOT NULL, UNIQUE (id, code))`,
			`INSERT INTO t SELECT g, 'a' || g FROM generate_series(1, 400) g`,
			`ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY (id)`,
			`CREATE UNIQUE INDEX t_one ON t (code)`,
		},
	}}
	cases[0].Setup = append(cases[0].Setup, `COMMENT ON COLUMN t."the ""code" IS 'what it''s'`)
	versions := servers.Versions("postgres")
	for v, version := range versions {
		mine := cases
		if len(versions) == 2 { // make test-all runs all on each
			mine = cases[v : v+1]
		}
		t.Run(version, func(t *testing.T) { conform.Renames(t, engineOf(version), mine) })
	}
}

// What the server ties to a column keeps a second one from taking its place.
func TestRenameInTheWay(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		for statement, want := range map[string]string{
			"CREATE VIEW v AS SELECT a FROM t":                                      "view ",
			"CREATE STATISTICS st ON a, b FROM t":                                   "statistics st are about column a",
			"GRANT SELECT (a) ON t TO PUBLIC":                                       "column a has rights, options or policies of its own",
			"CREATE POLICY p ON t USING (a > 0)":                                    "column a has rights, options or policies of its own",
			"ALTER TABLE t ALTER a SET STATISTICS 10":                               "column a has rights, options or policies of its own",
			"CREATE SEQUENCE sq OWNED BY t.a":                                       "sequence sq belongs to column a",
			"ALTER TABLE t CLUSTER ON i":                                            "the table is clustered or replicated by index i",
			"COMMENT ON INDEX i IS 'x'":                                             "index i has a comment",
			"CREATE INDEX k ON t ((a + 1)); ALTER INDEX k ALTER 1 SET STATISTICS 7": "index k is over an expression",
		} {
			db := open(t, url)
			exec(t, db.pool, "DROP TABLE IF EXISTS t CASCADE", "DROP SEQUENCE IF EXISTS sq",
				"CREATE TABLE t (id int PRIMARY KEY, a int, b int)", "CREATE INDEX i ON t (a)", statement)
			s := inspect(t, db)
			stmts, err := db.Parse("", "ALTER TABLE t RENAME a TO c", s)
			if err != nil {
				t.Fatal(err)
			}
			p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Safe})
			if err != nil {
				t.Fatal(err)
			}
			if p.Verdict != plan.IsUnsafe || !strings.Contains(p.Findings[0].Message, want) {
				t.Errorf("%s: the plan is %s: %s", statement, p.Verdict, p.Findings[0].Message)
			}
		}
	})
}
