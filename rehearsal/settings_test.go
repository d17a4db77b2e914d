package rehearsal_test

import (
	"strings"
	"testing"
)

// TestWantedTables: what a rehearsal makes for itself is such as the server's settings want tables to be.
func TestWantedTables(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		settings := map[string]string{"default_storage_engine": "MyISAM"}
		switch engine {
		case "mysql":
			settings["sql_require_primary_key"] = "1"
		case "mariadb":
		default:
			return // it has no such settings
		}
		url := database(t, engine, version)
		admin := open(t, url)
		admin.run("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a VARCHAR(20), b INT) ENGINE=InnoDB\nINSERT INTO t SELECT seq.n, 'x', seq.n FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 7 UNION ALL SELECT 12) AS seq")
		for name, value := range settings {
			admin.run("SET GLOBAL " + name + " = " + value)
			defer admin.run("SET GLOBAL " + name + " = DEFAULT")
		}
		if words, err := open(t, url).rehearse("ALTER TABLE t MODIFY b BIGINT", nil); err != nil || !strings.HasPrefix(words, "on twins with 4 rows") {
			t.Errorf("%q %v", words, err)
		}
	})
}
