package sqlite

import (
	"database/sql"
	"testing"
	"time"
)

// TestFreshSchema: a session that was idle while another changed the schema sees the schema as it is.
// SQLite itself looks into what it remembers before it says that an index exists already.
func TestFreshSchema(t *testing.T) {
	path := t.TempDir() + "/a.db"
	file, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	other, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, q := range []string{"CREATE TABLE t (id INTEGER)", "CREATE INDEX ix ON t (id)"} {
		if _, err := other.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := file.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SELECT * FROM t"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec("DROP INDEX ix"); err != nil {
		t.Fatal(err)
	}
	if err := (&Database{}).LockTimeout(t.Context(), conn, time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "CREATE INDEX ix ON t (id)"); err != nil {
		t.Error(err)
	}
}
