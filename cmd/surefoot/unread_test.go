package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"surefoot/cmd/surefoot/render"
)

// TestCheckReadsOn: of 200 migrations three cannot be read; the findings of all others are told.
func TestCheckReadsOn(t *testing.T) {
	dir := t.TempDir()
	bad := map[int]string{7: "ALTER TABLE (", 90: "\x00\x01", 199: "SELEC 1;"}
	for i := range 200 {
		sql := fmt.Sprintf("ALTER TABLE t%d ALTER COLUMN a TYPE bigint;\n", i)
		if s, is := bad[i]; is {
			sql = s
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d_change.sql", i)), []byte(sql), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e := testEnv()
	var out strings.Builder
	e.out = &out
	code := execute(t.Context(), e, []string{"check", "--dialect", "postgres", "--server-version", "15.18", "--format", "json", dir})
	var got render.Checked
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatalf("exit code %d: %v\n%s", code, err, out.String())
	}
	want := render.Summary{Files: 200, Statements: 197, Errors: 200, Unparsed: 3}
	if code != exitFindings || got.Summary != want {
		t.Errorf("exit code %d, %+v, want %+v", code, got.Summary, want)
	}
}

// stopsAt is a text whose reader is interrupted.
type stopsAt struct {
	io.Reader
	stop context.CancelCauseFunc
}

func (s stopsAt) Read(b []byte) (int, error) {
	s.stop(errInterrupted)
	return s.Reader.Read(b)
}

// TestStopped: who interrupts before anything began is told so, in words.
func TestStopped(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(strings.TrimPrefix(url, "sqlite:"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"plan", "run"} {
		ctx, stop := context.WithCancelCause(t.Context())
		e := testEnv()
		var said strings.Builder
		e.err, e.in = &said, stopsAt{strings.NewReader("CREATE TABLE a (i INTEGER);"), stop}
		code := execute(ctx, e, []string{word, "--db", url, "-"})
		if code != exitStopped || !strings.HasPrefix(said.String(), "error: stopped\n") {
			t.Errorf("%s: exit code %d, %s", word, code, said.String())
		}
	}
}
