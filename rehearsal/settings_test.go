package rehearsal_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"surefoot/schema"
)

// TestTwinsAreLikeTheirTables: an inspection says the same of both, so that a stage can tell what statements leave.
func TestTwinsAreLikeTheirTables(t *testing.T) {
	scenes := map[string][2]string{
		"postgres": {"CREATE TABLE p (id int PRIMARY KEY)\nCREATE TABLE t (id serial PRIMARY KEY, a int CHECK (a > 0), b text DEFAULT 'x' UNIQUE, p int REFERENCES p, c int GENERATED ALWAYS AS (a + 1) STORED)\nCREATE VIEW v AS SELECT a FROM t", "ALTER TABLE t RENAME b TO z"},
		"mysql":    {"CREATE TABLE p (id INT PRIMARY KEY)\nCREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT CHECK (a > 0), b VARCHAR(20) DEFAULT 'x', p INT, c INT AS (a + 1) STORED, d TEXT, KEY k (b DESC, a), FULLTEXT KEY f (d), FOREIGN KEY (p) REFERENCES p (id))\nALTER TABLE t ADD COLUMN e INT DEFAULT (1 + 1)\nALTER TABLE t DROP KEY f", "ALTER TABLE t RENAME COLUMN b TO z"},
	}
	scenes["mariadb"] = scenes["mysql"]
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine == "sqlite" {
			return // what its statements leave follows from their text
		}
		l := open(t, database(t, engine, version))
		l.run(scenes[engine][0])
		tables, err := l.foretold(scenes[engine][1])
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if table.Name.Table == "t" && table.Column("z") == nil {
				t.Errorf("%s has no column z", table.Name)
			}
		}
	})
}

// TestNameOfADroppedColumn: as long as a column is there, nobody means the one by its name that is to have it.
func TestNameOfADroppedColumn(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine == "sqlite" {
			return // it renames in place
		}
		l := open(t, database(t, engine, version))
		l.run("CREATE TABLE t (id INT NOT NULL, uid INT NOT NULL, k INT PRIMARY KEY)\nINSERT INTO t VALUES (1, 2, 3), (4, 5, 6)")
		words, err := l.rehearse("ALTER TABLE t DROP COLUMN id; ALTER TABLE t RENAME COLUMN uid TO id", nil)
		if err != nil || !strings.HasPrefix(words, "on twins with 2 rows") {
			t.Errorf("%q %v", words, err)
		}
	})
}

// TestRowsAreLeftOut: a statement that changes rows is left out of both plays, and what the others make is compared.
func TestRowsAreLeftOut(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine == "sqlite" {
			return // its stage is shut off from everything
		}
		l := open(t, database(t, engine, version))
		l.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)\nINSERT INTO t VALUES (1, 2, NULL)")
		alter := map[string]string{"postgres": "ALTER TABLE t ALTER a TYPE bigint", "mysql": "ALTER TABLE t MODIFY a BIGINT", "mariadb": "ALTER TABLE t MODIFY a BIGINT"}[engine]
		spoil := in("bigint", "int")
		if engine != "postgres" {
			spoil = in("BIGINT", "INT")
		}
		change := "INSERT INTO t VALUES (2, 3, 4);\n" + alter
		if words, err := l.rehearse(change, nil); err != nil || !strings.Contains(words, "without the statement at line 1") {
			t.Errorf("%q %v", words, err)
		}
		if words, err := l.rehearse(change, spoil); err == nil {
			t.Errorf("a plan that makes something else is not seen: %q", words)
		}
		null := map[string]string{"postgres": "ALTER TABLE t ALTER b SET NOT NULL", "mysql": "ALTER TABLE t MODIFY b INT NOT NULL", "mariadb": "ALTER TABLE t MODIFY b INT NOT NULL"}[engine]
		var unfit *schema.Unfit
		if words, err := l.rehearse("UPDATE t SET b = 0 WHERE b IS NULL;\n"+null, nil); !errors.As(err, &unfit) || !strings.Contains(unfit.Reason, "line 1 changes rows") {
			t.Errorf("%q %v", words, err)
		}
	})
}

// TestSequences: a twin takes numbers from a twin of the sequence, at the place that the live one has reached.
func TestSequences(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine != "mariadb" {
			return
		}
		for _, change := range []string{
			"ALTER TABLE t ADD COLUMN n INT DEFAULT NEXTVAL(own)", "ALTER TABLE t ADD COLUMN n INT NOT NULL DEFAULT (NEXT VALUE FOR own)",
			"ALTER TABLE t MODIFY b BIGINT NOT NULL DEFAULT NEXTVAL(own)", "ALTER TABLE t ALTER b SET DEFAULT NEXTVAL(own)", "ALTER TABLE t ADD COLUMN n INT",
		} {
			l := open(t, database(t, engine, version))
			l.run("CREATE SEQUENCE own START WITH 7\nCREATE TABLE t (id INT PRIMARY KEY, b BIGINT DEFAULT NEXTVAL(own))\nINSERT INTO t (id) VALUES (1), (2)")
			before := l.number("SELECT next_not_cached_value FROM own")
			if words, err := l.rehearse(change, nil); err != nil || !strings.HasPrefix(words, "on twins with 2 rows") {
				t.Errorf("%s: %q %v", change, words, err)
			}
			if after := l.number("SELECT next_not_cached_value FROM own"); after != before {
				t.Errorf("%s: the rehearsal took numbers: %d, then %d", change, before, after)
			}
		}
	})
}

// TestFamilies: a foreign key that is to come holds among the sampled rows as it holds in life, and one that does
// not hold is seen.
func TestFamilies(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		parent := "p" // by its primary key, where one need not name it
		if engine == "mysql" || engine == "mariadb" {
			parent = "p (id)"
		}
		for orphan, want := range map[string]string{"1": "", "3601": "refers to no row|violates foreign key|foreign key constraint fails"} {
			l := open(t, database(t, engine, version))
			l.run(`CREATE TABLE p (id INT NOT NULL PRIMARY KEY, v INT)
CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT, up INT)
INSERT INTO p WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 60) SELECT (a.n - 1) * 60 + b.n, b.n FROM g a, g b
INSERT INTO c SELECT id, (id * 7919) % 3600 + 1, id - 1 FROM p
UPDATE c SET up = NULL WHERE id = 1
UPDATE c SET pid = ` + orphan + " WHERE id = 1")
			words, err := l.rehearse("ALTER TABLE c ADD FOREIGN KEY (pid) REFERENCES "+parent+", ADD FOREIGN KEY (up) REFERENCES c (id)", nil)
			switch {
			case want == "" && (err != nil || !strings.HasPrefix(words, "on twins with ")):
				t.Errorf("%q %v", words, err)
			case want != "" && (err == nil || !regexp.MustCompile(want).MatchString(err.Error())):
				t.Errorf("an orphan is not seen: %q %v", words, err)
			}
		}
	})
}

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

// TestMembersThatAreNotShown: SHOW CREATE TABLE has the same mark for two characters of four bytes.
func TestMembersThatAreNotShown(t *testing.T) {
	everywhere(t, func(t *testing.T, engine, version string) {
		if engine != "mysql" && engine != "mariadb" {
			t.Skip("the other engines show every character")
		}
		l := open(t, database(t, engine, version))
		l.run("CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a','b'), s SET('a','b') DEFAULT 'a') DEFAULT CHARSET=utf8mb4")
		const change = "ALTER TABLE t MODIFY e ENUM('a','\U0001F389') DEFAULT '\U0001F389', MODIFY s SET('a','?','\U0001F389')"
		if words, err := l.rehearse(change, nil); err != nil {
			t.Fatal(words, err)
		}
		if words, err := l.rehearse(change, in("\U0001F389", "\U0001F38A")); err == nil {
			t.Errorf("other members were not seen: %s", words)
		}
	})
}
