package mutation

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
	_ "modernc.org/sqlite"             // the driver named sqlite

	"surefoot/conform/servers"
	"surefoot/load/proc"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

var versions = map[string]string{"postgres": "18", "mysql": "9.7", "mariadb": "11.8"}

// TestScenes says that the whole program rehearses every scene well, or a mutation would be stopped by what
// it did not break.
func TestScenes(t *testing.T) {
	whole, err := proc.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*", "scenes", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d scenes, %v", len(paths), err)
	}
	for _, path := range paths {
		engine, name := filepath.Base(filepath.Dir(filepath.Dir(path))), strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(engine+"/"+name, func(t *testing.T) {
			s, err := set(t, engine, name)
			if err != nil {
				t.Fatal(err)
			}
			s.rehearsesWell(t, whole)
		})
	}
}

// stage is a scene on a server.
type stage struct {
	url  string
	file string // with the change
}

func set(t *testing.T, engine, name string) (*stage, error) {
	of := readScene(t, engine, name)
	dir := t.TempDir()
	s := &stage{file: filepath.Join(dir, "change.sql")}
	if engine == "sqlite" {
		s.url = "sqlite:" + filepath.Join(dir, "scene.db")
	} else {
		s.url = servers.Shared(t, engine, versions[engine]).Database(t)
	}
	if err := os.WriteFile(s.file, []byte(of.change), 0o644); err != nil {
		return nil, err
	}
	pool, err := connect(engine, s.url)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := pool.ExecContext(ctx, of.setup); err != nil {
		return nil, fmt.Errorf("scene %s of %s: %w", name, engine, err)
	}
	return s, nil
}

func connect(engine, url string) (*sql.DB, error) {
	switch engine {
	case "postgres":
		return sql.Open("pgx", url+"&default_query_exec_mode=simple_protocol")
	case "sqlite":
		return sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:"))
	}
	_, rest, _ := strings.Cut(url, "@")
	host, name, _ := strings.Cut(rest, "/")
	c := driver.NewConfig()
	c.User, c.Net, c.Addr, c.DBName, c.MultiStatements = "root", "tcp", host, name, true
	connector, err := driver.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func (s *stage) plan(t *testing.T, b *proc.Binary) proc.Result {
	t.Helper()
	r, err := b.Run(s.url, "plan", "--format", "json", s.file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *stage) rehearsesWell(t *testing.T, whole *proc.Binary) {
	r := s.plan(t, whole)
	if !rehearsed(r) {
		t.Fatalf("the whole program does not rehearse it well: exit code %d\n%.4000s%s", r.Code, r.Stdout, r.Text)
	}
}

func rehearsed(r proc.Result) bool {
	var plan struct{ Rehearsed bool }
	return r.Code == 0 && json.Unmarshal([]byte(r.Stdout), &plan) == nil && plan.Rehearsed
}
