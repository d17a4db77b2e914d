package cases

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"surefoot/conform/servers"
)

const folder = "../../testdata/cases"

// TestCases runs every file with every table taken for large, on one server that it is for; where everything is
// tested, on every server, and with the usual settings and without a rehearsal too. Right is what the server makes of
// the native statements, or a refusal before
// anything began where the server refuses too, or where expected says that we may.
func TestCases(t *testing.T) {
	known := readKnown(t)
	for _, engine := range []string{"mysql", "postgres", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(folder, engine, "*.sql"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%d files, %v", len(files), err)
			}
			for _, path := range files {
				name := strings.TrimSuffix(filepath.Base(path), ".sql")
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					if engine+"/"+name == byHand {
						t.Skip("TestOthersChangesMeanwhile does what it says")
					}
					c := readCase(t, engine, path)
					all := targets(engine)
					if engine == "mysql" {
						all = append(all, targets("mariadb")...)
					}
					for _, on := range servers.Share(name, slices.DeleteFunc(all, func(on target) bool { return !c.fits(on) })) {
						c.onServer(t, on, engine+"/"+name, known)
					}
				})
			}
		})
	}
}

func (c caseFile) onServer(t *testing.T, on target, name string, known map[string]string) {
	ways := []string{"copy"}
	if servers.Everything() {
		ways = append(ways, "plain", "unrehearsed")
	}
	for _, way := range ways {
		t.Run(on.name+"/"+way, func(t *testing.T) {
			x := c.trial
			x.copies, x.unrehearsed = way != "plain", way == "unrehearsed"
			v := x.run(t, on)
			wrong := ""
			switch {
			case v.outcome == "wrong" || v.outcome == "invalid":
				wrong = v.String()
			case v.outcome == "refused" && v.native == nil && !mayRefuse(name, v.why):
				wrong = "not expected: " + v.String()
			}
			hold(t, known, name+"/"+on.name+"/"+way, wrong, v.String())
		})
	}
}

// hold fails for what is wrong and not known, and for what is known and not wrong.
func hold(t *testing.T, known map[string]string, name, wrong, otherwise string) {
	t.Helper()
	why, isKnown := known[name]
	switch {
	case wrong == "" && isKnown:
		t.Errorf("it is right now: remove the line %s from testdata/cases/known.txt\n%s", name, otherwise)
	case wrong != "" && isKnown:
		t.Skipf("known: %s\n%s", why, wrong)
	case wrong != "":
		t.Errorf("%s\n%s", name, wrong)
	default:
		t.Log(otherwise)
	}
}

func mayRefuse(name, why string) bool {
	words, ok := expected[name]
	return ok && strings.Contains(why, words)
}

// readKnown reads lines "folder/file/server/way reason".
func readKnown(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "known.txt"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if name, why, _ := strings.Cut(line, " "); name != "" && name != "#" {
			known[name] = why
		}
	}
	return known
}
