package dialects

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnEngineImportsOnlyThePlanner keeps engines apart from one another and from the executor.
func TestAnEngineImportsOnlyThePlanner(t *testing.T) {
	for _, engine := range []string{"mysql", "postgres", "sqlite"} {
		files, err := filepath.Glob(filepath.Join(engine, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", engine, len(files), err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, im := range parsed.Imports {
				if path := strings.Trim(im.Path.Value, `"`); strings.HasPrefix(path, "surefoot/") && path != "surefoot/planner" {
					t.Errorf("%s imports %s", f, path)
				}
			}
		}
	}
}
