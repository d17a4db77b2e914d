package planner

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The planner is pure: the standard library only, and not the parts that reach outside.
func TestImports(t *testing.T) {
	forbidden := regexp.MustCompile(`^(database/|net|os$|os/|io/fs|time/)|\.`)
	for _, file := range sources(t) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			if forbidden.MatchString(path) || strings.HasPrefix(path, "surefoot/") {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// The planner asks for facts, never for names.
func TestNoEngineNames(t *testing.T) {
	names := regexp.MustCompile(`(?i)mysql|mariadb|postgres|sqlite`)
	for _, file := range sources(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := names.FindString(line); m != "" {
				t.Errorf("%s:%d names %s", file, i+1, m)
			}
		}
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources found: %v", err)
	}
	var out []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			out = append(out, f)
		}
	}
	return out
}
