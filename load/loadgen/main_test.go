package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"surefoot/load"
)

// TestCommand goes the way a person does: seed, write, verify, spoil, verify.
func TestCommand(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	journal := filepath.Join(t.TempDir(), "journal")
	loadgen := func(args string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), &out, append([]string{"--db", url}, strings.Fields(args)...))
		return out.String(), err
	}
	for _, step := range []struct{ args, want string }{
		{"--table t --shape text --rows 3000 --seed-only", "seeded 3000 rows"},
		{"--table t --shape text --rows 3000 --verify", "3000 rows, no difference"},
		{"--table t --shape text --rows 3000 --duration 200ms --rate 2000 --journal " + journal, "errors 0"},
		{"--verify --journal " + journal, "no difference"},
	} {
		out, err := loadgen(step.args)
		if err != nil || !strings.Contains(out, step.want) {
			t.Fatalf("loadgen %s: %v\n%s", step.args, err, out)
		}
	}
	db, _, err := load.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "DELETE FROM t WHERE ref = (SELECT min(ref) FROM t)"); err != nil {
		t.Fatal(err)
	}
	if out, err := loadgen("--verify --journal " + journal); !errors.Is(err, errWrong) || !strings.Contains(out, "1 missing") {
		t.Errorf("a lost row was not found: %v\n%s", err, out)
	}
}
