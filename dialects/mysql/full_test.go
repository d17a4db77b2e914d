package mysql

import (
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/load"
)

// TestDiskFull lets the space for tables run out in the middle of a copy: the run stops with the
// table that is full, the live table is as it was, and the run goes on once there is room. MariaDB
// keeps its undo log in the same space and crashes there by itself.
func TestDiskFull(t *testing.T) {
	const rows = 100_000
	server := servers.Start(t, "mysql", "9.7", "innodb_file_per_table = 0", "innodb_data_file_path = ibdata1:12M:autoextend:max:64M")
	db := openTest(t, server.Database(t))
	if err := load.Seed(t.Context(), db.pool, db.flavor.String(), load.Int, "t", rows); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "CREATE TABLE filler (id INT PRIMARY KEY AUTO_INCREMENT, b LONGBLOB)")
	for range 64 {
		if _, err := db.pool.Exec("INSERT INTO filler (b) VALUES (REPEAT('x', 1 << 20))"); err != nil {
			break
		}
	}
	execute(t, db, "DELETE FROM filler ORDER BY id LIMIT 3")
	before := definitionOf(t, db, "t")
	p := planFor(t, db, strings.ReplaceAll(widen, "%s", "t"))
	out, err := executor.Run(t.Context(), db, p, executor.Options{ID: "full"})
	if err == nil || out.State != executor.Failed || !strings.Contains(err.Error(), "is full") {
		t.Fatal(out, err)
	}
	if after := definitionOf(t, db, "t"); after != before {
		t.Errorf("the live table became %s", after)
	}
	execute(t, db, "DROP TABLE filler")
	becomes(t, executor.Finished, func() (executor.Outcome, error) {
		return executor.Run(t.Context(), db, p, executor.Options{ID: "full", Finish: true})
	})
	var n int
	if err := db.pool.QueryRow("SELECT COUNT(*) FROM t").Scan(&n); err != nil || n != rows {
		t.Errorf("%d rows %v", n, err)
	}
	nothingLeft(t, db.pool)
}
