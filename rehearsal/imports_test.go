package rehearsal

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

// sources lists the package's files without tests.
func sources(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources found: %v", err)
	}
	var own []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			own = append(own, f)
		}
	}
	return own
}

func TestImportsOnlyPlannerExecutorAndTheStandardLibrary(t *testing.T) {
	for _, f := range sources(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range parsed.Imports {
			path, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(path, "/")
			if path != "surefoot/planner" && path != "surefoot/executor" && (strings.Contains(first, ".") || first == "surefoot") {
				t.Errorf("%s imports %s", f, path)
			}
		}
	}
}

func TestKnowsNoEngine(t *testing.T) {
	engine := regexp.MustCompile(`(?i)postgres|pgx|mysql|mariadb|sqlite|innodb|\bpg\b`)
	for _, f := range sources(t) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			if engine.MatchString(line) {
				t.Errorf("%s:%d names an engine: %s", f, n+1, strings.TrimSpace(line))
			}
		}
	}
}
