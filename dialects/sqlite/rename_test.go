package sqlite

import (
	"testing"

	"surefoot/conform"
	"surefoot/planner"
)

// Each kind of index that names a column of a small table, beside indexes that do not.
func TestRenames(t *testing.T) {
	rows := "INSERT INTO t (id, a, \"the \"\"code\") WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 400)" +
		" SELECT n, n % 7, iif(n % 9, 'a' || n, NULL) FROM g"
	conform.Renames(t, engine, []conform.Rename{{
		Name: "all kinds", Old: `"the ""code"`, New: `"SKU ""x"`, SQL: `ALTER TABLE t RENAME "the ""code" TO "SKU ""x"`, Limits: planner.DefaultLimits(),
		Setup: []string{
			"CREATE TABLE t (\n id INTEGER PRIMARY KEY,\n a int DEFAULT 3,\n note text,\n \"the \"\"code\" text COLLATE NOCASE\n)", rows,
			`CREATE UNIQUE INDEX t_one ON t ("the ""code" COLLATE BINARY)`,
			`CREATE INDEX t_plain ON t (` + "`the \"code`" + `)`,
			`CREATE INDEX t_both ON t (a, "the ""code" DESC)`,
			`CREATE UNIQUE INDEX t_some ON t (a, "the ""code" COLLATE RTRIM, id) WHERE a > 0 AND "the ""code" <> 'the "code'`,
			`CREATE INDEX t_when ON t (a) WHERE "the ""code" IS NOT NULL`,
			`CREATE INDEX t_other ON t (note) WHERE note <> ''`,
		},
	}, {
		Name: "with a default", Kill: true, Old: "code", New: "sku", SQL: "ALTER TABLE t RENAME code TO sku", Limits: planner.DefaultLimits(),
		Setup: []string{
			"CREATE TABLE t (\n id INTEGER PRIMARY KEY,\n code text DEFAULT 'none' NOT NULL\n)", "CREATE UNIQUE INDEX t_one ON t (code)", "CREATE INDEX t_both ON t (id, code)",
			"INSERT INTO t WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 400) SELECT n, 'a' || n FROM g",
		},
	}})
}
