//go:build torture

package mutation

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

var versions = map[string]string{"postgres": "18", "mysql": "9.7", "mariadb": "11.8"}

var update = flag.Bool("update", false, "write the table of results anew")

// TestTortureMutations breaks one place after the other. The whole program rehearses every scene
// well; the broken one must be stopped by the rehearsal, and by nothing else. Of forty, one may get
// through. Which check stopped which is in the table of results.
func TestTortureMutations(t *testing.T) {
	top, all := t, readMutations(t) // scenes outlive the test of one mutation
	whole, err := tool.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := readResults(t)
	scenes, got := map[string]*stage{}, map[string]string{}
	for _, m := range all {
		key := m.engine + "/" + m.scene
		t.Run(m.engine+"/"+m.name, func(t *testing.T) {
			if scenes[key] == nil {
				s, err := set(top, m.engine, m.scene)
				if err != nil {
					t.Fatal(err)
				}
				s.rehearsesWell(t, whole)
				scenes[key] = s
			}
			check := scenes[key].stoppedBy(t, m)
			got[m.engine+"/"+m.name] = check
			if expected := want[m.engine+"/"+m.name]; expected != "" && check != expected && !*update {
				t.Errorf("%s: %s; the table says: %s", m.what, check, expected)
			}
		})
	}
	judge(t, got)
	if *update {
		writeResults(t, want, got)
	}
}

// judge counts what got through.
func judge(t *testing.T, got map[string]string) {
	var through []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		fmt.Printf("%-45s %s\n", name, got[name])
		if !strings.HasPrefix(got[name], stopped) {
			through = append(through, name)
		}
	}
	n := len(got) - len(through)
	fmt.Printf("mutations: stopped %d of %d\n", n, len(got))
	if n*40 < len(got)*39 {
		t.Errorf("not stopped: %s", strings.Join(through, ", "))
	}
}

// writeResults keeps what the table says of mutations that were not run.
func writeResults(t *testing.T, table, got map[string]string) {
	maps.Copy(table, got)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(table)) {
		fmt.Fprintf(&b, "%-45s %s\n", name, table[name])
	}
	if err := os.WriteFile(results, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
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
		s.url = testserver.Shared(t, engine, versions[engine]).Database(t)
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

// refused is how the rehearsal speaks; stopped begins what the table says of it.
const (
	refused = "a rehearsal on twins of the tables shows that "
	stopped = "stopped: "
)

// checks are what a rehearsal may find, as it says it.
var checks = []string{
	"the change cannot be planned for a twin of its tables", "the plan fails", "its way back fails",
	"the plan does not make what the server's own statements make", "the way back does not lead to the start",
}

// stoppedBy says which check stopped a broken program.
func (s *stage) stoppedBy(t *testing.T, m mutation) string {
	r := s.plan(t, build(t, m))
	if _, found, ok := strings.Cut(r.Stdout+r.Text, refused); ok && r.Code == 1 {
		t.Logf("%s: stopped\n%s", m.what, r.Text)
		for _, check := range checks {
			if strings.HasPrefix(found, check) {
				return stopped + check
			}
		}
	}
	t.Logf("%s: exit code %d\n%.2000s%s", m.what, r.Code, r.Stdout, r.Text)
	if rehearsed(r) {
		return "not stopped: the plan passed its rehearsal"
	}
	return "not stopped: without a word of the rehearsal"
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
