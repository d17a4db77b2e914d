package mysql

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/executor"
)

// TestZeroBeginsToCount: a copy keeps a 0 to which the server's own ALTER gives the next number, so it is not exchanged.
func TestZeroBeginsToCount(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)", "INSERT INTO t VALUES (0, 1), (5, 2)")
		before := append(hexRows(t, db), shown(t, db))
		p, err := likeness{change: "ALTER TABLE t MODIFY id BIGINT NOT NULL AUTO_INCREMENT"}.plan(t, db)
		if err != nil {
			t.Fatal(err)
		}
		out, err := executor.Run(t.Context(), db, p, executor.Options{Finish: true})
		for range 3 {
			if err != nil || out.State != executor.Held {
				break
			}
			out, err = executor.Continue(t.Context(), db, out.ID, executor.Options{Finish: true})
		}
		if err == nil || !strings.Contains(err.Error(), zeroCounts) {
			t.Fatalf("%v, %v", out, err)
		}
		if _, err := executor.Rollback(t.Context(), db, out.ID, executor.Options{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, append(hexRows(t, db), shown(t, db))); diff != "" {
			t.Errorf("after the rollback (-before +after):\n%s", diff)
		}
		nothingLeft(t, db.pool)
	})
}
