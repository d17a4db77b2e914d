package dialects_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// engines of every page, in the order in which they stand there.
var engines = []struct{ dialect, version string }{
	{"postgres", "15.18"}, {"postgres", "18.4"}, {"mysql", "9.7.0"}, {"mariadb", "11.8.2"}, {"sqlite", "3.50.0"},
}

// Each page of testdata/plans holds one change: schema.sql, change.sql (or change.ENGINE.sql where
// the engine spells it differently, or schema.ENGINE.sql) and the plan that each engine gets for a
// table of unknown size, which counts as large. `go test ./dialects -run Golden -update` writes them.
func TestGoldenPlans(t *testing.T) {
	pages, err := filepath.Glob("../testdata/plans/*.txtar")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no golden plans found: %v", err)
	}
	for _, page := range pages {
		t.Run(strings.TrimSuffix(filepath.Base(page), ".txtar"), func(t *testing.T) { goldenPage(t, page) })
	}
}

func goldenPage(t *testing.T, page string) {
	in, err := txtar.ParseFile(page)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	out := txtar.Archive{Comment: in.Comment}
	for _, f := range in.Files {
		files[f.Name] = string(f.Data)
		if strings.HasSuffix(f.Name, ".sql") {
			out.Files = append(out.Files, f)
		}
	}
	for _, e := range engines {
		name := e.dialect + " " + e.version
		change := own(files, "change", e.dialect)
		if change == "" {
			continue
		}
		got := goldenPlan(t, e.dialect, e.version, own(files, "schema", e.dialect), change)
		out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(got)})
		if want := files[name]; !*update && got != want {
			t.Errorf("%s: plan differs (-want +got):\n%s", name, cmp.Diff(want, got))
		}
	}
	if *update {
		if err := os.WriteFile(page, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// own picks an engine's own text before the common one.
func own(files map[string]string, name, dialect string) string {
	if text, ok := files[name+"."+dialect+".sql"]; ok {
		return strings.TrimSpace(text)
	}
	return files[name+".sql"]
}

func goldenPlan(t *testing.T, dialect, version, schema, change string) string {
	t.Helper()
	d, err := dialects.Offline(dialect, version)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Schema(schema)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	stmts, err := d.Parse("change.sql", change, s)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	p, err := planner.Build(stmts, s, d, planner.Options{Mode: plan.Safe, Limits: planner.DefaultLimits()})
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	checkWays(t, p)
	return page(p)
}

// checkWays: of the ways to make a statement one is taken, each has a reason, and of a plan of one statement the way
// that was taken costs what the plan does.
func checkWays(t *testing.T, p *plan.Plan) {
	t.Helper()
	for _, st := range p.Statements {
		taken := []plan.Way{}
		for _, w := range st.Ways {
			if w.Why == "" || w.Name == "" {
				t.Errorf("%s %s: way %q, reason %q", p.Dialect, st.SQL, w.Name, w.Why)
			}
			if w.Taken {
				taken = append(taken, w)
			}
		}
		if len(taken) != 1 {
			t.Errorf("%s %s: %d ways are taken of %+v", p.Dialect, st.SQL, len(taken), st.Ways)
			continue
		}
		if diff := cmp.Diff(p.Totals, taken[0].Totals); len(p.Statements) == 1 && diff != "" {
			t.Errorf("%s %s: the way %s has not the plan's price (-plan +way):\n%s", p.Dialect, st.SQL, taken[0].Name, diff)
		}
	}
}

// page writes a plan so that it can be read aloud: each statement and what it would do, then each step.
func page(p *plan.Plan) string {
	var b strings.Builder
	for _, st := range p.Statements {
		e := st.Native
		fmt.Fprintf(&b, "native: %s blocks %s", st.Kind, e.Blocks)
		for _, fact := range []struct {
			is   bool
			word string
		}{
			{e.Algorithm != "", "algorithm " + e.Algorithm},
			{e.Lock != "", "lock " + e.Lock},
			{e.Rewrites, "rewrites"},
			{e.Scans, "scans"},
			{e.RebuildsIndexes, "builds indexes"},
			{e.Online, "online"},
			{e.LosesData, "loses data"},
			{e.Breaks, "breaks the application"},
			{e.Source == plan.NotKnown, "unknown"},
		} {
			if fact.is {
				b.WriteString(", " + fact.word)
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "verdict: %s\n", p.Verdict)
	for _, s := range p.Steps {
		if s.Hold != "" {
			fmt.Fprintf(&b, "HOLD until %s: %s\n", s.Until, s.Hold)
		}
		fmt.Fprintf(&b, "%s: %s (blocks %s)\n", s.ID, s.Title, s.Blocks)
		for _, sql := range s.SQL {
			if s.Walk != nil {
				sql = "for each range: " + sql
			}
			b.WriteString("    " + strings.ReplaceAll(strings.TrimSpace(sql), "\n", "\n    ") + "\n")
		}
	}
	return b.String()
}
