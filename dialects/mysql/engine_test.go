package mysql

import (
	"fmt"
	neturl "net/url"
	"strings"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// TestOtherEngines asks the server about changes of tables without online DDL. The table of facts must
// say the same, and what the server makes by a copy is a rewrite.
func TestOtherEngines(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		engines := []string{"MyISAM", "MEMORY"}
		if db.maria() {
			engines = append(engines, "Aria")
		}
		for _, engine := range engines {
			execute(t, db, "CREATE TABLE `t "+engine+"` (id INT NOT NULL PRIMARY KEY, a INT, b VARCHAR(20), e ENUM('x'), KEY i_a (a)) ENGINE="+engine)
		}
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, engine := range engines {
			for _, change := range []string{
				"ADD COLUMN c INT", "DROP COLUMN b", "MODIFY a BIGINT", "MODIFY b VARCHAR(40)", "MODIFY b VARCHAR(20) NOT NULL", "RENAME COLUMN a TO z",
				"ALTER COLUMN a SET DEFAULT 3", "MODIFY e ENUM('x','y')", "ADD KEY k (b)", "DROP KEY i_a", "RENAME KEY i_a TO i_z", "MODIFY b VARCHAR(20) COMMENT 'c'",
				"ADD COLUMN c INT, ADD KEY k (b)", "DROP PRIMARY KEY", "MODIFY a INT AFTER b",
			} {
				both(t, db, s, fmt.Sprintf("ALTER TABLE `t %s` %s", engine, change))
			}
		}
	})
}

func both(t *testing.T, db *Database, s *schema.Schema, sql string) {
	t.Helper()
	stmts, err := db.Dialect.Parse("", sql, s)
	if err != nil {
		t.Fatal(err)
	}
	n := schema.Native{On: schema.On{Name: s.Resolve(stmts[0].Changes[0].Table())}, SQL: sql, Clauses: flat(stmts[0].Changes)}
	asked, err := db.Probe(t.Context(), n, s)
	if err != nil {
		t.Errorf("%s: %v", sql, err)
		return
	}
	said := db.Effect(n, s)
	words := func(e plan.Effect) string {
		return fmt.Sprint(e.Algorithm, " ", e.Lock, " rewrites ", e.Rewrites, " indexes ", e.RebuildsIndexes, " long ", e.Long(), " ", e.Blocks)
	}
	if words(asked) != words(said) {
		t.Errorf("%s: the server: %s; the table of facts: %s", sql, words(asked), words(said))
	}
}

// TestFactsOfOddNames asks about tables and a database whose names are not those of their files, and about
// partitioned tables: facts and sizes are those of any other table.
func TestFactsOfOddNames(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		name := "a-b @#gröÙe_" + admin.name
		execute(t, admin, "CREATE DATABASE "+quote(name))
		defer execute(t, admin, "DROP DATABASE "+quote(name))
		db := openTest(t, strings.TrimSuffix(url, admin.name)+neturl.PathEscape(name))
		const columns = " (id INT NOT NULL PRIMARY KEY, v INT, w INT)"
		tables := map[string]string{
			"plain": "", "order by": "", "a-b": "", "größe": "", "P@#x": "", "x/y.z": "", "UPPER": "", "表": "", "parts": " PARTITION BY HASH (id) PARTITIONS 3",
			"gröÙe s": " PARTITION BY RANGE (id) (PARTITION `p-0` VALUES LESS THAN (10), PARTITION `größe` VALUES LESS THAN MAXVALUE)",
		}
		for table, more := range tables {
			execute(t, db, "CREATE TABLE "+quote(table)+columns+more, "INSERT INTO "+quote(table)+" VALUES (1, 1, 1)")
		}
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes, err := db.fileSizes(t.Context(), db.pool, name)
		if err != nil {
			t.Fatal(err)
		}
		for table := range tables {
			if sizes[table] < 65536 {
				t.Errorf("the files of %s have %d bytes", table, sizes[table])
			}
			for _, change := range []string{"MODIFY v BIGINT", "MODIFY v INT NOT NULL", "ADD KEY k (v)", "ADD COLUMN n INT", "ALTER COLUMN v SET DEFAULT 1", "ADD COLUMN n INT, ADD KEY k (v)"} {
				both(t, db, s, "ALTER TABLE "+quote(table)+" "+change)
			}
		}
	})
}
