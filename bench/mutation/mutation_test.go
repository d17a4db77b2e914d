//go:build torture

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

	"surefoot/bench/tool"
	"surefoot/dialects/dialecttest/testserver"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// most is how many mutations may get through.
const most = 1

var versions = map[string]string{"postgres": "18", "mysql": "9.7", "mariadb": "11.8"}

// TestTortureMutations breaks one place after the other. The whole program rehearses every scene
// well; the broken one must be stopped by the rehearsal, and by nothing else.
func TestTortureMutations(t *testing.T) {
	all := readMutations(t)
	whole, err := tool.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	scenes := map[string]*stage{}
	var through []string
	for _, m := range all {
		key := m.engine + "/" + m.scene
		if scenes[key] == nil {
			scenes[key] = set(t, m.engine, m.scene)
			if !t.Run(key, func(t *testing.T) { scenes[key].rehearsesWell(t, whole) }) {
				return
			}
		}
		t.Run(m.engine+"/"+m.name, func(t *testing.T) {
			if why := scenes[key].stops(t, m); why != "" {
				through = append(through, m.engine+"/"+m.name)
				t.Logf("%s: not stopped: %s", m.what, why)
			}
		})
	}
	fmt.Printf("mutations: stopped %d of %d\n", len(all)-len(through), len(all))
	if len(through) > most {
		t.Errorf("not stopped: %s", strings.Join(through, ", "))
	}
}

// stage is a scene on a server.
type stage struct {
	url  string
	file string // with the change
}

func set(t *testing.T, engine, name string) *stage {
	t.Helper()
	of := readScene(t, engine, name)
	dir := t.TempDir()
	s := &stage{file: filepath.Join(dir, "change.sql")}
	if engine == "sqlite" {
		s.url = "sqlite:" + filepath.Join(dir, "scene.db")
	} else {
		s.url = testserver.Shared(t, engine, versions[engine]).Database(t)
	}
	if err := os.WriteFile(s.file, []byte(of.change), 0o644); err != nil {
		t.Fatal(err)
	}
	pool, err := connect(engine, s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := pool.ExecContext(ctx, of.setup); err != nil {
		t.Fatalf("scene %s of %s: %v", name, engine, err)
	}
	return s
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

func (s *stage) plan(t *testing.T, b *tool.Binary) tool.Result {
	t.Helper()
	r, err := b.Run(s.url, "plan", "--format", "json", s.file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *stage) rehearsesWell(t *testing.T, whole *tool.Binary) {
	r := s.plan(t, whole)
	if !rehearsed(r) {
		t.Fatalf("the whole program does not rehearse it well: exit code %d\n%.4000s%s", r.Code, r.Stdout, r.Text)
	}
}

func rehearsed(r tool.Result) bool {
	var plan struct{ Rehearsed bool }
	return r.Code == 0 && json.Unmarshal([]byte(r.Stdout), &plan) == nil && plan.Rehearsed
}

// refused is how the rehearsal speaks.
const refused = "a rehearsal on twins of the tables shows that"

// stops says why the rehearsal did not stop a broken program; empty: it did.
func (s *stage) stops(t *testing.T, m mutation) string {
	b := build(t, m)
	r := s.plan(t, b)
	switch {
	case r.Code == 1 && strings.Contains(r.Stdout+r.Text, refused):
		t.Logf("%s: stopped\n%s", m.what, r.Text)
		return ""
	case rehearsed(r):
		return "the plan passed its rehearsal"
	}
	return fmt.Sprintf("exit code %d, without a word of the rehearsal\n%.2000s%s", r.Code, r.Stdout, r.Text)
}

// build builds the program with one file replaced; nothing in the tree is touched.
func build(t *testing.T, m mutation) *tool.Binary {
	t.Helper()
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	original, err := filepath.Abs(filepath.Join(root, m.file))
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{changed: m.broken(t), overlay: string(replace)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := tool.Build(dir, "-overlay", overlay)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
