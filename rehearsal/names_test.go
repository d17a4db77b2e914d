package rehearsal_test

import (
	"strings"
	"testing"

	"surefoot/planner"
)

// TestNewNames: what a file drops behind a rename comes back by the names of that moment.
func TestNewNames(t *testing.T) {
	renames := []string{
		"ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE p RENAME COLUMN x TO y", "ALTER TABLE p RENAME TO parents",
		"ALTER TABLE t RENAME COLUMN a TO mid; ALTER TABLE t RENAME COLUMN w TO a; ALTER TABLE t RENAME COLUMN mid TO w",
	}
	drops := map[string]string{
		"postgres": "ALTER TABLE t DROP CONSTRAINT own, DROP CONSTRAINT f; ALTER TABLE t DROP CONSTRAINT u; ALTER TABLE t DROP CONSTRAINT k; DROP INDEX e",
		"mysql":    "ALTER TABLE t DROP FOREIGN KEY own; ALTER TABLE t DROP FOREIGN KEY f, DROP KEY u; DROP INDEX e ON t",
		"sqlite":   "DROP INDEX e; DROP INDEX u",
	}
	drops["mariadb"] = drops["mysql"] + "; ALTER TABLE t DROP CONSTRAINT k; ALTER TABLE t MODIFY g BIGINT AS (id + 1) STORED"
	tables := map[string]string{
		"postgres": `CREATE TABLE t (id INT PRIMARY KEY, a INT, w INT, v INT, CONSTRAINT k CHECK (a > 0 AND abs(w) > -1), CONSTRAINT u UNIQUE (a) INCLUDE (w), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x) ON DELETE SET NULL (a) DEFERRABLE, CONSTRAINT own FOREIGN KEY (v) REFERENCES t (a))
CREATE INDEX e ON t (abs(a), w DESC) INCLUDE (v) WHERE w > 0 AND a IS NOT NULL`,
		"mysql":   "CREATE TABLE t (id INT PRIMARY KEY, a INT, w INT, v INT, KEY e (w, a DESC), UNIQUE KEY u (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x) ON DELETE SET NULL, CONSTRAINT own FOREIGN KEY (v) REFERENCES t (a))",
		"mariadb": "CREATE TABLE t (id INT PRIMARY KEY, a INT, w INT, v INT, g BIGINT AS (a + abs(w)) STORED, KEY e (w, a DESC), UNIQUE KEY u (a), CONSTRAINT k CHECK (a > 0 AND abs(w) > -1), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x) ON DELETE CASCADE, CONSTRAINT own FOREIGN KEY (v) REFERENCES t (a))",
		"sqlite":  "CREATE TABLE t (id INT PRIMARY KEY, a INT REFERENCES p (x), w INT, v INT, CONSTRAINT k CHECK (a > 0))\nCREATE INDEX e ON t (abs(a), w DESC) WHERE w > 0\nCREATE UNIQUE INDEX u ON t (a)",
	}
	everywhere(t, func(t *testing.T, engine, version string) {
		for _, rename := range renames {
			l := open(t, database(t, engine, version))
			l.run("CREATE TABLE p (id INT PRIMARY KEY, x INT NOT NULL UNIQUE)\nINSERT INTO p VALUES (1, 1), (2, 2)\n" + tables[engine] + "\nINSERT INTO t (id, a, w, v) VALUES (1, 1, 5, NULL), (2, 2, 6, 1)")
			change := strings.ReplaceAll(rename+"; "+drops[engine], "; ", ";\n")
			if words, err := l.rehearse(change, nil); err != nil || !strings.HasPrefix(words, "on twins with 4 rows") {
				t.Errorf("%s: %q %v", change, words, err)
			}
		}
	})
}

// TestQuoteInADatabasesName: the plan for the twins is the one for the tables, whatever their database is called.
func TestQuoteInADatabasesName(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine != "mysql" && engine != "mariadb" {
			return
		}
		url := database(t, engine, version)
		open(t, url).run("CREATE DATABASE `x``y`")
		l := open(t, url[:strings.LastIndex(url, "/")+1]+"x`y")
		defer open(t, url).run("DROP DATABASE `x``y`")
		l.run("CREATE TABLE `T-1` (id INT PRIMARY KEY, a INT)\nINSERT INTO `T-1` VALUES (1, 1), (2, 2)")
		if words, err := l.rehearseWithin(planner.Limits{}, "ALTER TABLE `T-1` MODIFY id BIGINT", nil); err != nil || !strings.HasPrefix(words, "on twins with 2 rows") {
			t.Errorf("%q %v", words, err)
		}
	})
}
