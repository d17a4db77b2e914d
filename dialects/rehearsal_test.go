package dialects_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/rehearsal"
	"surefoot/schema"
)

// broken is a dialect whose steps are spoiled.
type broken struct {
	planner.Dialect
	spoil func([]plan.Step)
}

func (b broken) Script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	steps, err := b.Dialect.Script(c, s)
	if b.spoil != nil {
		b.spoil(steps)
	}
	return steps, err
}

// TestRehearsal spoils the plan of a copy in one place after the other: a rehearsal must see each.
func TestRehearsal(t *testing.T) {
	in := func(words string, spoil func(q string) string) func([]plan.Step) {
		return func(steps []plan.Step) {
			for i := range steps {
				change(&steps[i], func(q string) string {
					if strings.Contains(q, words) {
						return spoil(q)
					}
					return q
				})
			}
		}
	}
	for name, c := range map[string]struct {
		spoil   func([]plan.Step)
		words   string // empty: it passes
		trigger bool   // the table has a trigger of the user's, so nobody writes in the rehearsal
	}{
		"nothing": {nil, "", false},
		"a value is not copied": {in("INSERT INTO \"t_sf_new\"", func(q string) string {
			return strings.Replace(q, "SELECT \"id\", \"a\", \"b\"", "SELECT \"id\", \"a\", 'x'", 1)
		}), "rehearsal", false},
		"a delete is not noted":  {in("AFTER DELETE", func(q string) string { return strings.Replace(q, "BEGIN INSERT", "WHEN 0 BEGIN INSERT", 1) }), "rehearsal", false},
		"a trigger is forgotten": {in("CREATE TRIGGER seen", func(string) string { return "SELECT 1" }), "trigger seen", true},
		"an index is forgotten":  {in("CREATE INDEX \"t_b_sf_new\"", func(string) string { return "SELECT 1" }), "rehearsal", false},
		"the log is left behind": {in("DROP TABLE IF EXISTS \"t_sf_log\"", func(string) string { return "SELECT 1" }), "t_sf_log", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rehearse(t, c.spoil, c.trigger)
			if c.words == "" && err != nil || c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words)) {
				t.Errorf("got %v, want words %q", err, c.words)
			}
		})
	}
}

// change gives every statement of a step to a function.
func change(s *plan.Step, f func(string) string) {
	all := func(list []string) {
		for i := range list {
			list[i] = f(list[i])
		}
	}
	all(s.SQL)
	all(s.Undo)
	if s.Walk != nil {
		s.Walk.Do = slices.Clone(s.Walk.Do)
		for i := range s.Walk.Do {
			s.Walk.Do[i].All.SQL = f(s.Walk.Do[i].All.SQL)
		}
	}
	for _, sw := range []*plan.CutOver{s.CutOver, s.Back} {
		if sw != nil {
			all(sw.SQL)
		}
	}
}

func rehearse(t *testing.T, spoil func([]plan.Step), trigger bool) (string, error) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.db")
	application, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	setup := []string{
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT)", "CREATE INDEX t_b ON t(b)", "CREATE TABLE log (n)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO t SELECT i, i * 2, 'b' || i FROM n",
	}
	if trigger {
		setup = append(setup, "CREATE TRIGGER seen AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (1); END")
	}
	for _, q := range setup {
		if _, err := application.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := application.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := dialects.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	have, err := db.Inspect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	statements, err := db.Parse("", "ALTER TABLE t ALTER COLUMN a TYPE text", have)
	if err != nil {
		t.Fatal(err)
	}
	o := planner.Options{Limits: planner.Limits{MaxBlockMS: 1, LargeRows: 1, LargeBytes: 1}}
	d := broken{db, spoil}
	plan, err := planner.Build(statements, have, d, o)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := dialects.Stage(ctx, db, have, have, rehearsal.Names(statements))
	if err != nil {
		t.Fatal(err)
	}
	words, err := rehearsal.Rehearse(ctx, rehearsal.Request{
		Stage: stage, Dialect: d, Statements: statements, Plan: plan, Options: o,
		Live: db.Pool(),
	})
	return words, errors.Join(err, stage.Close(ctx))
}
