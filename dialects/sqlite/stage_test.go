package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"surefoot/schema"
)

// TestTwinsWaitForWriters: in a file without WAL whoever commits shuts readers out for a moment; twins are made
// all the same.
func TestTwinsWaitForWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	writer, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	writer.SetMaxOpenConns(1)
	if _, err := writer.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2)"); err != nil {
		t.Fatal(err)
	}
	db := reopen(t, path)
	have := inspected(t, db)
	if _, err := writer.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() {
		_, err := writer.Exec("COMMIT")
		ended <- err
	})
	stage, err := db.Stage(t.Context(), have, have, []schema.Name{have.Tables[0].Name})
	if err != nil {
		t.Fatal(err)
	}
	if err := stage.db.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
