package postgres

import (
	"testing"

	"surefoot/dialects/dialecttest"
	"surefoot/dialects/dialecttest/testserver"
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
	cases := []dialecttest.Rename{{
		Name: "all kinds", Setup: indexed, SQL: `ALTER TABLE t RENAME "the ""code" TO "SKU ""x"`, Old: `"the ""code"`, New: `"SKU ""x"`,
	}, {
		Name: "not null", Kill: true, Limits: planner.DefaultLimits(), Ignore: "_not_null", Old: "code", New: "sku", SQL: "ALTER TABLE t RENAME code TO sku", Setup: []string{
			`CREATE TABLE t (id int, code text NOT NULL, UNIQUE (id, code))`,
			`INSERT INTO t SELECT g, 'a' || g FROM generate_series(1, 400) g`,
			`ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY (id)`,
			`CREATE UNIQUE INDEX t_one ON t (code)`,
		},
	}}
	for _, version := range testserver.Versions("postgres") {
		t.Run(version, func(t *testing.T) { dialecttest.Renames(t, engineOf(version), cases) })
	}
}
