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
