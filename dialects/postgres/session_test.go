package postgres

import (
	"context"
	"testing"
	"time"
)

// TestStopsInTheServer ends a context in the middle of a statement that holds a lock: when the
// statement has returned, the server has ended it too, and a writer waits for nothing.
func TestStopsInTheServer(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		for _, q := range []string{"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 1)"} {
			if _, err := db.pool.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []string{
			"DO $$ BEGIN LOCK TABLE t; PERFORM pg_sleep(20); END $$",
			"SELECT pg_sleep(20), v FROM t FOR UPDATE",
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			_, err := db.pool.ExecContext(ctx, q)
			cancel()
			if err == nil {
				t.Fatalf("%s went through", q)
			}
			var n int
			err = db.pool.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()").Scan(&n)
			if err != nil || n > 0 {
				t.Errorf("%d sessions still run %s, %v", n, q, err)
			}
			begun := time.Now()
			if _, err := db.pool.Exec("UPDATE t SET v = v + 1"); err != nil || time.Since(begun) > 500*time.Millisecond {
				t.Errorf("a writer waited %v after %s, %v", time.Since(begun), q, err)
			}
		}
	})
}
