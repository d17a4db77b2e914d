//go:build torture

package mutation

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"surefoot/load/proc"
)

var update = flag.Bool("update", false, "write the table of results anew")

// TestTortureMutations breaks one place after the other. The whole program rehearses every scene
// well; the broken one must be stopped by the rehearsal, and by nothing else. Of forty, one may get
// through. Which check stopped which is in the table of results.
func TestTortureMutations(t *testing.T) {
	top, all := t, readMutations(t) // scenes outlive the test of one mutation
	whole, err := proc.Build(t.TempDir())
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
	unsafe := strings.Contains(r.Stdout, `"verdict": "unsafe"`) // which is shown with what the rehearsal found, and not run
	if _, found, ok := strings.Cut(r.Stdout+r.Text, refused); ok && (r.Code == 1 || unsafe) {
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
func build(t *testing.T, m mutation) *proc.Binary {
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
	b, err := proc.Build(dir, "-overlay", overlay)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
