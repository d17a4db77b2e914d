package dialects_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
)

// TestComparisonSeesNewColumns: the comparison before the swap is about every column of the result, also
// about those that no column of the live table fills.
func TestComparisonSeesNewColumns(t *testing.T) {
	changes := map[string]string{
		"mysql":    "ALTER TABLE t MODIFY a BIGINT, ADD COLUMN n INT NULL, ADD COLUMN d DECIMAL(6,2) NOT NULL DEFAULT 1.005, ADD COLUMN s VARCHAR(20) DEFAULT 'it''s', ADD COLUMN i INT NOT NULL, ADD COLUMN c TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
		"postgres": "ALTER TABLE t ALTER a TYPE bigint, ADD COLUMN n int, ADD COLUMN d numeric(6,2) NOT NULL DEFAULT 1.005, ADD COLUMN s varchar(20) DEFAULT 'it''s', ADD COLUMN i int NOT NULL DEFAULT -1, ADD COLUMN c timestamp DEFAULT now()",
		"sqlite": `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, n INT, d REAL NOT NULL DEFAULT 1.005, s TEXT DEFAULT 'it''s', i TEXT NOT NULL DEFAULT -1, c TEXT DEFAULT CURRENT_TIMESTAMP);
			INSERT INTO t_new (id, a) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t`,
	}
	changes["mariadb"] = changes["mysql"]
	for engine, change := range changes {
		t.Run(engine, func(t *testing.T) {
			db := anEmpty(t, engine)
			do := func(query string, args ...any) {
				t.Helper()
				if _, err := db.Pool().ExecContext(t.Context(), query, args...); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
			do("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)")
			do("INSERT INTO t VALUES (1, 1), (2, NULL), (3, 3)")
			compare := compared(t, db, change, do)
			shadow := "t_sf_new"
			for _, spoil := range []string{"", "n = 7", "d = 1", "s = 'its'", "s = NULL", "i = 9", "c = '2001-01-01'"} {
				want := 0
				if spoil != "" {
					do("UPDATE " + shadow + " SET " + spoil + " WHERE id = 2")
					want = 1
				}
				if got := compare(); got != want {
					t.Errorf("%q: %d rows differ, not %d", spoil, got, want)
				}
				if column, _, ok := strings.Cut(spoil, " "); ok {
					do("UPDATE " + shadow + " SET " + column + " = (SELECT v FROM (SELECT " + column + " AS v FROM " + shadow + " WHERE id = 1) AS x) WHERE id = 2")
				}
			}
		})
	}
}

// anEmpty opens an empty database of an engine, on the oldest of its servers.
func anEmpty(t *testing.T, engine string) dialects.Database {
	t.Helper()
	url := ""
	if engine != "sqlite" {
		url = servers.Shared(t, engine, servers.Versions(engine)[0]).Database(t)
	} else {
		path := filepath.Join(t.TempDir(), "live.db")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		url = "sqlite:" + path
	}
	db, err := dialects.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// compared copies the table as a plan does, and gives what counts the rows that its comparison finds.
func compared(t *testing.T, db dialects.Database, change string, do func(string, ...any)) func() int {
	t.Helper()
	have, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	statements, err := db.Parse("change.sql", change, have)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(statements, have, db, planner.Options{Limits: planner.Limits{MaxBlockMS: 0, LargeRows: 1, LargeBytes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Steps {
		switch {
		case s.Walk == nil:
			for _, q := range s.SQL {
				do(q)
			}
		case s.Walk.Diff != nil:
			return func() (found int) {
				rows, err := db.Pool().QueryContext(t.Context(), s.Walk.Diff.All.SQL, arguments(s.Walk.Diff.All)...)
				if err != nil {
					t.Fatal(err)
				}
				defer rows.Close()
				for rows.Next() {
					found++
				}
				if err := rows.Err(); err != nil {
					t.Fatal(err)
				}
				return found
			}
		default:
			do(s.Walk.Do[0].All.SQL, arguments(s.Walk.Do[0].All)...)
		}
	}
	t.Fatalf("the plan compares nothing: %+v", p.Steps)
	return nil
}

// arguments are for a walk over keys from 1 to 99 in one chunk.
func arguments(st plan.Stmt) []any {
	var out []any
	for _, name := range st.Args {
		switch {
		case name == "limit":
			out = append(out, 100)
		case strings.HasPrefix(name, "lo"):
			out = append(out, "0")
		default:
			out = append(out, "99")
		}
	}
	return out
}
