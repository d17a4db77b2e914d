package rehearsal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"surefoot/conform/servers"
	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/rehearsal"
	"surefoot/schema"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// engines of the tests, each with the versions that it has.
var engines = []string{"postgres", "mysql", "mariadb", "sqlite"}

func everywhere(t *testing.T, f func(t *testing.T, engine, version string)) {
	t.Helper()
	for _, engine := range engines {
		versions := servers.Versions(engine)
		if engine == "sqlite" {
			versions = []string{""}
		}
		for _, version := range servers.Share(t.Name(), versions) {
			t.Run(strings.TrimSuffix(engine+" "+version, " "), func(t *testing.T) { f(t, engine, version) })
		}
	}
}

// database makes an empty one and gives its address.
func database(t *testing.T, engine, version string) string {
	t.Helper()
	if engine == "sqlite" {
		path := filepath.Join(t.TempDir(), "a.db")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
	return servers.Shared(t, engine, version).Database(t)
}

// live is a database that is rehearsed on.
type live struct {
	dialects.Database
	t *testing.T
}

func open(t *testing.T, url string) live {
	t.Helper()
	db, err := dialects.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return live{db, t}
}

// run runs statements, one in a line.
func (l live) run(lines string) {
	l.t.Helper()
	for _, q := range strings.Split(lines, "\n") {
		if q = strings.TrimSpace(q); q == "" {
			continue
		}
		if _, err := l.Pool().ExecContext(l.t.Context(), q); err != nil {
			l.t.Fatalf("%s: %v", q, err)
		}
	}
}

// number asks for one.
func (l live) number(query string) (n int64) {
	l.t.Helper()
	if err := l.Pool().QueryRowContext(l.t.Context(), query).Scan(&n); err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// spoiled is a dialect whose steps are changed.
type spoiled struct {
	planner.Dialect
	spoil func([]plan.Step)
}

func (d spoiled) Script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	steps, err := d.Dialect.Script(c, s)
	if d.spoil != nil {
		d.spoil(steps)
	}
	return steps, err
}

// rehearse makes a plan and rehearses it.
func (l live) rehearse(change string, spoil func([]plan.Step)) (words string, err error) {
	l.t.Helper()
	return l.rehearseWithin(planner.DefaultLimits(), change, spoil)
}

// rehearseWithin does it for tables that are large by other limits.
func (l live) rehearseWithin(limits planner.Limits, change string, spoil func([]plan.Step)) (words string, err error) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	have, err := l.Inspect(ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	statements, err := l.Parse("", change, have)
	if err != nil {
		l.t.Fatal(err)
	}
	o := planner.Options{Limits: limits}
	d := spoiled{l.Database, spoil}
	plan, err := planner.Build(statements, have, d, o)
	if err != nil {
		l.t.Fatal(err)
	}
	names := rehearsal.Names(statements)
	for i, n := range names {
		names[i] = have.Resolve(n)
	}
	stage, err := dialects.Stage(ctx, l.Database, have, rehearsal.Changed(have, statements), names)
	if err != nil {
		return "", err
	}
	words, err = rehearsal.Rehearse(ctx, rehearsal.Request{
		Stage: stage, Dialect: d, Statements: statements, Plan: plan, Options: o,
		Live: l.Pool(),
	})
	return words, errors.Join(err, stage.Close(ctx))
}

// foretold gives the tables as the server leaves them after statements; see rehearsal.After.
func (l live) foretold(change string) ([]*schema.Table, error) {
	l.t.Helper()
	have, err := l.Inspect(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	statements, err := l.Parse("", change, have)
	if err != nil {
		l.t.Fatal(err)
	}
	names := rehearsal.Names(statements)
	for i, n := range names {
		names[i] = have.Resolve(n)
	}
	stage, err := dialects.Stage(l.t.Context(), l.Database, have, rehearsal.Changed(have, statements), names)
	if err != nil {
		l.t.Fatal(err)
	}
	tables, err := rehearsal.After(l.t.Context(), rehearsal.Request{Stage: stage, Dialect: l.Database, Statements: statements, Live: l.Pool()}, have, names)
	return tables, errors.Join(err, stage.Close(l.t.Context()))
}

// in gives a function that changes each statement of a step in which a text stands.
func in(text, instead string) func([]plan.Step) {
	return func(steps []plan.Step) {
		for i := range steps {
			steps[i].SQL = slices.Clone(steps[i].SQL)
			for j, q := range steps[i].SQL {
				steps[i].SQL[j] = strings.ReplaceAll(q, text, instead)
			}
		}
	}
}
