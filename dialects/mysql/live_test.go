package mysql

import (
	"errors"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/schema"
)

// TestAskTheServer reads statements that the parsers do not know with the server's help.
func TestAskTheServer(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for _, q := range []string{
			"CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b VARCHAR(20), KEY i_a (a)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci",
			"INSERT INTO t VALUES (1, 2, 'x')",
		} {
			if _, err := db.pool.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for statement, want := range map[string]string{
			"ALTER TABLE t RENAME INDEX i_a TO i_z":                       "rename-index i_a i_z",
			"ALTER TABLE t ROW_FORMAT=COMPRESSED":                         "set-option",
			"ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 3":           "verbatim",
			"ALTER TABLE t COMMENT 'x'":                                   "set-option",
			"ALTER TABLE t FORCE":                                         "set-option",
			"ALTER TABLE t CONVERT TO CHARACTER SET latin1":               "change-type b varchar(20); set-option",
			"ALTER TABLE t ADD COLUMN c TEXT, ORDER BY a, b":              "add-column c text; set-option",
			"UPDATE t SET a = a + 1":                                      "verbatim",
			"CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1": "verbatim",
		} {
			stmts, err := db.Parse("", statement, s)
			if err != nil {
				t.Errorf("%s: %v", statement, err)
				continue
			}
			var got []string
			for _, c := range flat(stmts[0].Changes) {
				got = append(got, describe(c))
			}
			if text := strings.Join(got, "; "); text != want {
				t.Errorf("%s is read as %q, not as %q", statement, text, want)
			}
		}
		var syntax *schema.SyntaxError
		if _, err := db.Parse("f.sql", "SELECT 1;\nALTER TABLE t\n ADD COLUMN c INT INVISIBEL", s); !errors.As(err, &syntax) || syntax.Line != 3 {
			t.Errorf("%v", err)
		}
		verbatimProbed(t, db, s)
		nothingLeft(t, db.pool)
		var n int
		if err := db.pool.QueryRow("SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_surefoot%'").Scan(&n); err != nil || n > 0 {
			t.Errorf("%d scratch databases are left (%v)", n, err)
		}
	})
}

func verbatimProbed(t *testing.T, db *Database, s *schema.Schema) {
	t.Helper()
	on := schema.On{Name: s.Resolve(schema.Name{Table: "t"})}
	for sql, want := range map[string]string{
		"ALTER TABLE t FORCE, ALGORITHM=COPY": "INPLACE NONE",
		"ALTER TABLE t RENAME INDEX i_a TO q": map[bool]string{true: "INSTANT NONE", false: "INPLACE NONE"}[db.maria()],
		"ALTER TABLE t RENAME TO elsewhere":   " ",
	} {
		e, err := db.Probe(t.Context(), schema.Native{On: on, SQL: sql, Clauses: []schema.Change{schema.Verbatim{On: on, SQL: sql}}}, s)
		if err != nil || e.Algorithm+" "+e.Lock != want {
			t.Errorf("%s: %s %s %v", sql, e.Algorithm, e.Lock, err)
		}
	}
}

// TestScratch reads a wanted schema on an empty database.
func TestScratch(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		s, err := db.Scratch(t.Context(), "CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES q (id));\nCREATE TABLE q (id INT PRIMARY KEY)")
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Tables) != 2 || s.Tables[0].Name.Schema != db.name {
			t.Errorf("%+v", s.Tables)
		}
		var syntax *schema.SyntaxError
		if _, err := db.Scratch(t.Context(), "CREATE TABLE q (id INT);\nCREATE TABLE r (id INTT)"); !errors.As(err, &syntax) || syntax.Line != 2 {
			t.Errorf("%v", err)
		}
	})
}

// TestJournalOfAnyCharset runs a change whose text the database's own character set cannot say.
func TestJournalOfAnyCharset(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "ALTER DATABASE CHARACTER SET latin1", "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)")
		for i, build := range []func() *plan.Plan{
			func() *plan.Plan { return planFor(t, db, "ALTER TABLE t MODIFY v BIGINT COMMENT 'Ключ'") },
			func() *plan.Plan {
				return planNatively(t, db, "ALTER TABLE t MODIFY v INT COMMENT 'größer als 表'")
			},
		} {
			p := build()
			becomes(t, executor.Finished, func() (executor.Outcome, error) {
				return executor.Run(t.Context(), db, p, executor.Options{ID: []string{"Ключ", "größer"}[i], Finish: true})
			})
			definition := definitionOf(t, db, "t")
			if want := []string{"BIGINT COMMENT 'Ключ'", "INT COMMENT 'größer als 表'"}[i]; !strings.Contains(strings.ToUpper(definition), strings.ToUpper(want[strings.Index(want, "COMMENT"):])) {
				t.Errorf("the table became %s", definition)
			}
		}
	})
}

func planNatively(t *testing.T, db *Database, sql string) *plan.Plan {
	t.Helper()
	return build(t, db, db, sql)
}
