// Package house_test holds the rooms of the project against one table: who may import whom.
package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package.
type room struct {
	// imports are the packages of the project that it may import.
	imports []string
	// standard: it imports no other modules. pure: nor what reaches outside of the process.
	standard, pure bool
	// nameless: it names no engine.
	nameless bool
	// tests: what only its tests may import besides; "*": anything.
	tests []string
}

var engines = []string{"dialects/mysql", "dialects/postgres", "dialects/sqlite"}

// rooms has every folder with Go code.
var rooms = map[string]room{
	"schema":    {standard: true, pure: true, nameless: true},
	"plan":      {imports: []string{"schema"}, standard: true, pure: true, nameless: true},
	"planner":   {imports: []string{"schema", "plan"}, standard: true, pure: true, nameless: true},
	"gate":      {imports: []string{"schema", "plan", "planner"}, standard: true, pure: true, nameless: true},
	"executor":  {imports: []string{"plan"}, standard: true, nameless: true, tests: []string{"*"}},
	"rehearsal": {imports: []string{"schema", "plan", "planner", "executor"}, standard: true, nameless: true, tests: []string{"*"}},

	"dialects":          {imports: slices.Concat(engines, []string{"schema", "plan", "planner", "executor", "rehearsal"}), tests: []string{"*"}},
	"dialects/mysql":    {imports: []string{"schema", "plan"}, tests: []string{"*"}},
	"dialects/postgres": {imports: []string{"schema", "plan"}, tests: []string{"*"}},
	"dialects/sqlite":   {imports: []string{"schema", "plan"}, tests: []string{"*"}},

	"conform":               {imports: []string{"schema", "plan", "planner", "executor", "load"}},
	"conform/servers":       {tests: []string{"*"}},
	"conform/servers/serve": {imports: []string{"conform/servers"}},
	"conform/cases":         {tests: []string{"*"}},

	"load":           {tests: []string{"*"}},
	"load/loadgen":   {imports: []string{"load"}, tests: []string{"*"}},
	"bench/mutation": {tests: []string{"*"}},
	"bench/speed":    {tests: []string{"*"}},
	"load/proc":      {imports: []string{"load"}},
	"bench/torture":  {tests: []string{"*"}},

	"cmd/surefoot":        {imports: []string{"schema", "plan", "planner", "executor", "gate", "rehearsal", "dialects", "load", "cmd/surefoot/render"}, tests: []string{"*"}},
	"cmd/surefoot/render": {imports: []string{"schema", "plan", "planner", "executor"}, tests: []string{"*"}},
}

// outside are the parts of the standard library that reach beyond the process.
var outside = regexp.MustCompile(`^(database/|net$|net/|os$|os/|io/fs$|syscall$)`)

var engineName = regexp.MustCompile(`(?i)mysql|mariadb|postgres|pgx|sqlite|innodb|\bpg\b`)

func TestRooms(t *testing.T) {
	met := map[string]bool{}
	for _, file := range sources(t) {
		name := filepath.ToSlash(filepath.Dir(file))
		if name == "." {
			continue // this table
		}
		met[name] = true
		r, ok := rooms[name]
		if !ok {
			t.Errorf("%s: the table of rooms does not know %s", file, name)
			continue
		}
		test := strings.HasSuffix(file, "_test.go")
		for _, path := range imports(t, file) {
			if why := r.refuses(name, path, test); why != "" {
				t.Errorf("%s imports %s: %s", file, path, why)
			}
		}
		if r.nameless && !test {
			namesNoEngine(t, file)
		}
	}
	for name := range rooms {
		if !met[name] {
			t.Errorf("the table has a room %s, and there is no such folder", name)
		}
	}
}

// refuses says why a file of the room may not import a package; empty: it may.
func (r room) refuses(name, path string, test bool) string {
	if own, ok := strings.CutPrefix(path, "surefoot/"); ok {
		if own == name || slices.Contains(r.imports, own) || test && (slices.Contains(r.tests, own) || slices.Contains(r.tests, "*")) {
			return ""
		}
		return "the arrow is not in the table of rooms"
	}
	first, _, _ := strings.Cut(path, "/")
	switch {
	case test:
	case r.standard && strings.Contains(first, "."):
		return "it uses the standard library only"
	case r.pure && outside.MatchString(path):
		return "it reaches outside"
	}
	return ""
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, im := range parsed.Imports {
		path, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func namesNoEngine(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if m := engineName.FindString(line); m != "" {
			t.Errorf("%s:%d names %s", file, i+1, m)
		}
	}
}

// sources gives all Go files of the project.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources found: %v", err)
	}
	return files
}

// TestDoors: each room says at its door what it is for, what it may touch and where to start reading.
func TestDoors(t *testing.T) {
	for name := range rooms {
		text, err := os.ReadFile(filepath.Join(name, "doc.go"))
		if err != nil {
			if !strings.HasSuffix(name, "/loadgen") && !strings.HasSuffix(name, "/serve") { // commands of one file
				t.Error(err)
			}
			continue
		}
		if lines := strings.Count(string(text), "\n"); lines >= 40 || lines < 5 {
			t.Errorf("%s/doc.go has %d lines", name, lines)
		}
		for _, file := range regexp.MustCompile(`[a-z_*]+\.go\b`).FindAllString(string(text), -1) {
			if found, err := filepath.Glob(filepath.Join(name, file)); err != nil || len(found) == 0 {
				t.Errorf("%s/doc.go names %s, which is not there (%v)", name, file, err)
			}
		}
		for _, says := range []string{"import", "Start reading"} {
			if !strings.Contains(string(text), says) {
				t.Errorf("%s/doc.go does not say %q", name, says)
			}
		}
	}
}

// parallel are the files that every engine has under the same name.
var parallel = []string{
	"engine", "parse", "parse_alter", "effect", "script", "copy", "copy_apply", "copy_cutover", "twin", "portrait", "began",
	"live_doctor", "live_inspect", "live_probe", "server", "stage", "stage_family", "stage_picture",
}

func TestParallelFiles(t *testing.T) {
	for _, engine := range engines {
		for _, name := range parallel {
			if _, err := os.Stat(filepath.Join(engine, name+".go")); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestListsOfFiles: every file and folder that the guides name is there.
func TestListsOfFiles(t *testing.T) {
	named := regexp.MustCompile("`((?:\\.ci|bench|cmd|conform|dialects|docs|executor|gate|load|plan|planner|rehearsal|schema|testdata)(?:/[a-zA-Z_.*-]+)+)`")
	stands := strings.NewReplacer("NAME", "*", "ENGINE", "*", "KIND", "*")
	for _, guide := range []string{"CONTRIBUTING.md", "docs/how-a-command-runs.md", "README.md"} {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		names := named.FindAllStringSubmatch(string(text), -1)
		for _, m := range names {
			if found, err := filepath.Glob(stands.Replace(m[1])); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there (%v)", guide, m[1], err)
			}
		}
		if guide == "CONTRIBUTING.md" && len(names) < 30 {
			t.Errorf("%s names only %d files", guide, len(names))
		}
	}
}
