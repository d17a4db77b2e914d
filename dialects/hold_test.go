package dialects_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// TestHoldsAlike: a change stands in the same phase on every engine, so `run --hold KIND` stops at the same place.
// What an engine needs besides is dual-write, backfill or verify; a copy has its own phases.
func TestHoldsAlike(t *testing.T) {
	pages, err := filepath.Glob("../testdata/plans/*.txtar")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no golden plans found: %v", err)
	}
	compared := 0
	for _, page := range pages {
		in, err := txtar.ParseFile(page)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range in.Files {
			files[f.Name] = string(f.Data)
		}
		alike := map[string]string{} // by what is changed and how: the phases
		for _, e := range engines {
			change := own(files, "change", e.dialect)
			if change == "" {
				continue
			}
			for _, st := range statementPhases(t, e.dialect, e.version, own(files, "schema", e.dialect), change) {
				if had, met := alike[st.what]; met && had != st.phases {
					t.Errorf("%s: %s: %s on %s %s, and %s on another engine", filepath.Base(page), st.what, st.phases, e.dialect, e.version, had)
				} else if met {
					compared++
				}
				alike[st.what] = st.phases
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d statements were compared", compared)
	}
}

type phased struct{ what, phases string }

// statementPhases gives for each single change that is safe as it is the phases of its steps.
func statementPhases(t *testing.T, dialect, version, have, change string) (out []phased) {
	t.Helper()
	d, err := dialects.Offline(dialect, version)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Schema(have)
	if err != nil {
		return nil
	}
	statements, err := d.Parse("change.sql", change, s)
	if err != nil {
		return nil
	}
	for _, st := range statements {
		if len(st.Changes) != 1 {
			continue
		}
		for _, mode := range []plan.Mode{plan.Safe, plan.Window} {
			p, err := planner.Build([]schema.Statement{st}, s, d, planner.Options{Mode: mode, Limits: planner.DefaultLimits()})
			if err != nil {
				continue
			}
			copies := slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.CutOver != nil })
			kinds := map[schema.Phase]bool{}
			for _, step := range p.Steps {
				kinds[step.Kind] = true
			}
			switch {
			case copies: // whatever is copied
				out = append(out, phased{"copy", fmt.Sprint(slices.Sorted(maps.Keys(kinds)))})
			case mode == plan.Window: // as it is; safe steps of a rule differ with what the engine offers
				for _, extra := range []schema.Phase{schema.DualWrite, schema.Fill, schema.Verify} {
					delete(kinds, extra)
				}
				out = append(out, phased{st.Changes[0].Kind(), fmt.Sprint(slices.Sorted(maps.Keys(kinds)))})
			}
		}
	}
	return out
}
