package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"path/filepath"
	"testing"

	"surefoot/schema"
)

// openTemp makes a database file in WAL mode and opens it as the program does.
func openTemp(t testing.TB, schema ...string) *Database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range schema {
		if _, err := pool.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := pool.Ping(); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	return reopen(t, path)
}

func reopen(t testing.TB, path string) *Database {
	t.Helper()
	db, err := Open(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func inspected(t testing.TB, db *Database) *schema.Schema {
	t.Helper()
	s, err := db.Inspect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func discardConn(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return sqldriver.ErrBadConn })
	_ = conn.Close()
}
