package schema

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestKinds: every change that users write has its kind in Kinds, so that a comment can silence it. The rest is made
// by planning.
func TestKinds(t *testing.T) {
	made := []string{"Backfill", "SyncColumns", "UnsyncColumns", "TwinIndex", "Hold"}
	files, err := filepath.Glob("change_*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%v, %v", files, err)
	}
	list, err := os.ReadFile("change.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`type (\w+) struct \{\n\tOn\n`).FindAllStringSubmatch(string(text), -1) {
			name := m[1]
			found++
			if strings.Contains(string(list), name+"{") == slices.Contains(made, name) && name != "Copy" && name != "Extra" {
				t.Errorf("%s: %s stands in Kinds, or planning makes it: one of the two", file, name)
			}
		}
	}
	if kinds := Kinds(); found < 20 || len(kinds) < 20 || slices.Contains(kinds, "") {
		t.Errorf("%d changes found, kinds %q", found, kinds)
	}
}
