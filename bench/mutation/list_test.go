package mutation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const (
	folder = "../../testdata/mutations"
	root   = "../.."
)

// scene is what the program is tried on.
type scene struct{ setup, change string }

// mutation is one place that is broken.
type mutation struct {
	name, engine, what string
	scene              string
	file               string // from the root of the repository
	old, new           string
}

func sections(t *testing.T, path string) (comment string, of map[string]string) {
	t.Helper()
	page, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	of = map[string]string{}
	for _, f := range page.Files {
		of[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	return strings.TrimSpace(string(page.Comment)), of
}

func readScene(t *testing.T, engine, name string) scene {
	t.Helper()
	_, of := sections(t, filepath.Join(folder, engine, "scenes", name+".txt"))
	return scene{setup: of["setup.sql"], change: of["change.sql"]}
}

func readMutations(t *testing.T) []mutation {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d mutations, %v", len(paths), err)
	}
	var all []mutation
	for _, path := range paths {
		what, of := sections(t, path)
		m := mutation{
			engine: filepath.Base(filepath.Dir(path)), name: strings.TrimSuffix(filepath.Base(path), ".txt"), what: what,
			scene: of["scene"], file: of["file"], old: of["old"], new: of["new"],
		}
		if m.scene == "" || m.file == "" || m.old == "" {
			t.Fatalf("%s: a scene, a file or the old text is missing", path)
		}
		all = append(all, m)
	}
	return all
}

// TestListFollowsTheSource says which mutations no longer apply, without running them, and which lines of
// the table are about none.
func TestListFollowsTheSource(t *testing.T) {
	table := readResults(t)
	for _, m := range readMutations(t) {
		m.broken(t)
		if readScene(t, m.engine, m.scene).change == "" {
			t.Errorf("%s/%s: there is no scene %s", m.engine, m.name, m.scene)
		}
		delete(table, m.engine+"/"+m.name)
	}
	for name := range table {
		t.Errorf("the table of results names %s, which is no mutation", name)
	}
}

// The table of results: what stopped each mutation that was run, in columns.
var results = filepath.Join(folder, "results.txt")

func readResults(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if name, check, ok := strings.Cut(line, " "); ok {
			of[name] = strings.TrimSpace(check)
		}
	}
	return of
}

// broken gives the changed source. The old text must stand in it once, else the list has gone stale.
func (m mutation) broken(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		t.Fatalf("testdata/mutations/%s/%s.txt: the old text stands %d times in %s, not once:\n%s", m.engine, m.name, n, m.file, m.old)
	}
	return strings.Replace(string(text), m.old, m.new, 1)
}
