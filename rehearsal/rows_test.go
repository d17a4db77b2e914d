package rehearsal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"surefoot/schema"
)

// TestConstantsArePlayed: rows of constants for a table that the plan makes are there when what follows needs them or
// fails by them; those that may reach anything else are left out.
func TestConstantsArePlayed(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		l := open(t, database(t, engine, version))
		l.run("CREATE TABLE par (id INT PRIMARY KEY)\nINSERT INTO par VALUES (1)")
		const made = "CREATE TABLE made (id INT, a VARCHAR(10), d INT DEFAULT 4);\nINSERT INTO made (id, a) VALUES (1, 'it''s'), (-2, NULL);\n"
		for file, says := range map[string]string{
			made + "CREATE UNIQUE INDEX u ON made (id)":                                                                                             "", // 2 rows behind
			made + "INSERT INTO made VALUES (1, 'b', 7);\nCREATE UNIQUE INDEX u ON made (id)":                                                       "refuses",
			"CREATE TABLE a (id INT PRIMARY KEY);\nCREATE TABLE b (id INT REFERENCES a (id));\nINSERT INTO a VALUES (3);\nINSERT INTO b VALUES (3)": "",
			"CREATE TABLE b (id INT, FOREIGN KEY (id) REFERENCES par (id));\nINSERT INTO b VALUES (1)":                                              "line 2",
			"CREATE TABLE b (id INT);\nINSERT INTO b SELECT id FROM par;\nINSERT INTO b VALUES (1);\nCREATE UNIQUE INDEX u ON b (id)":               "lines 2, 3",
			"INSERT INTO par VALUES (2);\nCREATE TABLE b (id INT)":                                                                                  "line 1",
			made + "INSERT INTO made VALUES (1, 'b', 5);\nDELETE FROM made WHERE id = 1;\nCREATE UNIQUE INDEX u ON made (id)":                       "lines 2, 3, 4",
		} {
			if engine == "sqlite" && says != "" && says != "refuses" {
				continue // its stage is shut off: it plays them all
			}
			words, err := l.rehearse(file, nil)
			var unfit *schema.Unfit
			switch {
			case says == "refuses":
				if err == nil || errors.As(err, &unfit) || !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %q %v", file, words, err)
				}
			case err != nil || says == "" && (strings.Contains(words, "without") || !strings.Contains(words, "2 rows compared")) || !strings.Contains(words, says):
				t.Errorf("%s: %q %v", file, words, err)
			}
		}
	})
}

// TestTablesOutOfRows: a query that makes a table is not run on the live tables that it reads, and the words say so.
func TestTablesOutOfRows(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine != "postgres" {
			return
		}
		l := open(t, database(t, engine, version))
		l.run("CREATE TABLE big AS SELECT g AS id, repeat('x', 100) AS note FROM generate_series(1, 3000) g")
		began := time.Now()
		words, err := l.rehearse("CREATE TABLE made AS SELECT a.id, b.note FROM big a, big b, big c WITH DATA", nil)
		if err != nil || !strings.HasPrefix(words, "on twins with 0 rows") || !strings.Contains(words, "without the rows of the tables made by queries at line 1") {
			t.Errorf("%q %v", words, err)
		}
		if took := time.Since(began); took > 30*time.Second { // with its rows it takes hours
			t.Errorf("it took %v", took)
		}
	})
}

// TestRowsOfLargeTables: one value in the middle of a table that the server refuses is found though no index leads to it.
func TestRowsOfLargeTables(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		l := open(t, database(t, engine, version))
		key := map[string]string{"mysql": "INT", "mariadb": "INT"}[engine] // the others find rows by their places too
		if key == "" {
			key = "VARCHAR(20)"
		}
		l.run(`CREATE TABLE n (n INT)
			INSERT INTO n VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
			CREATE TABLE big (id ` + key + ` NOT NULL PRIMARY KEY, v INT, w VARCHAR(50), d VARCHAR(50))
			INSERT INTO big SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n, 5, 'word', 'other' FROM n a, n b, n c, n d, n e WHERE e.n < 3
			UPDATE big SET v = NULL, w = 'much too long' WHERE id = '15555'
			ANALYZE ` + map[string]string{"mysql": "TABLE ", "mariadb": "TABLE "}[engine] + "big")
		changes := map[string][]string{
			"postgres": {"ALTER v SET NOT NULL", "ALTER w TYPE varchar(10)", "ADD CHECK (w < 'z' AND length(w) < 12)"},
			"mysql":    {"MODIFY v INT NOT NULL", "MODIFY w VARCHAR(10)", "ADD CHECK (length(w) < 12)"},
			"sqlite":   {"ALTER COLUMN v SET NOT NULL", "ADD CHECK (length(w) < 12)"},
		}
		changes["mariadb"] = changes["mysql"]
		for _, change := range changes[engine] {
			words, err := l.rehearse("ALTER TABLE big "+change, nil)
			for again := 0; err == nil && again < 4; again++ { // on a busy machine a query may take too long
				words, err = l.rehearse("ALTER TABLE big "+change, nil)
			}
			if err == nil || !strings.Contains(err.Error(), "refuses") {
				t.Errorf("%s: %q %v", change, words, err)
			}
		}
		if words, err := l.rehearse(map[string]string{
			"postgres": "ALTER TABLE big ALTER d TYPE varchar(10)", "mysql": "ALTER TABLE big MODIFY d VARCHAR(10)",
			"mariadb": "ALTER TABLE big MODIFY d VARCHAR(10)", "sqlite": "ALTER TABLE big ALTER COLUMN d SET NOT NULL",
		}[engine], nil); err != nil {
			t.Errorf("%q %v", words, err)
		}
	})
}
