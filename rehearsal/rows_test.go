package rehearsal_test

import (
	"strings"
	"testing"
	"time"
)

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
