package conform

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// Database is what a dialect's live database offers.
type Database interface { //nolint:interfacebloat // it is the union of what others ask for
	planner.Dialect
	executor.Server
	Parse(file, text string, s *schema.Schema) ([]schema.Statement, error)
	Inspect(ctx context.Context) (*schema.Schema, error)
	Scratch(ctx context.Context, schemaSQL string) (*schema.Schema, error)
	Probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error)
	Close() error
}

// Engine describes an engine to the suite.
type Engine struct {
	// Name is the engine's name in load: postgres, mysql, mariadb or sqlite.
	Name string
	// URL makes an empty database and gives its address, for load and for Open.
	URL func(t testing.TB) string
	// Open opens it as the program does.
	Open func(ctx context.Context, url string) (Database, error)
	// Leftovers names what surefoot made in the database and did not remove, the journal aside.
	Leftovers func(ctx context.Context, db *sql.DB) ([]string, error)
}

// database is one database of a test.
type database struct {
	t    testing.TB
	e    Engine
	url  string
	live Database
	pool *sql.DB // an application's sessions
}

func (e Engine) database(t testing.TB, setup ...string) *database {
	t.Helper()
	d := &database{t: t, e: e, url: e.URL(t)}
	pool, _, err := load.Open(d.url)
	if err != nil {
		t.Fatal(err)
	}
	d.pool = pool
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	d.exec(setup...)
	d.open()
	return d
}

// open opens the database as the program does, after the setup, so that it sees what is there.
func (d *database) open() {
	d.t.Helper()
	if err := d.pool.Ping(); err != nil {
		d.t.Fatal(err)
	}
	live, err := d.e.Open(d.t.Context(), d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	d.live = live
	d.t.Cleanup(func() {
		if err := live.Close(); err != nil {
			d.t.Error(err)
		}
	})
}

func (d *database) exec(statements ...string) {
	d.t.Helper()
	for _, q := range statements {
		if strings.TrimSpace(q) == "" {
			continue
		}
		if _, err := d.pool.ExecContext(d.t.Context(), q); err != nil {
			d.t.Fatalf("%s: %v", q, err)
		}
	}
}

// plan plans SQL in a mode. Safe plans take every block that grows with the table for too long.
func (d *database) plan(sql string, mode plan.Mode) *plan.Plan {
	d.t.Helper()
	return d.planWith(sql, planner.Options{Mode: mode})
}

func (d *database) planWith(sql string, o planner.Options) *plan.Plan {
	d.t.Helper()
	s, err := d.live.Inspect(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	statements, err := d.live.Parse("change.sql", sql, s)
	if err != nil {
		d.t.Fatal(err)
	}
	p, err := planner.Build(statements, s, d.live, o)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

// finish runs a plan to its end, past every hold.
func (d *database) finish(p *plan.Plan) {
	d.t.Helper()
	var opts executor.Options
	out, err := executor.Run(d.t.Context(), d.live, p, opts)
	for range 50 {
		if err != nil {
			d.t.Fatalf("run at step %s: %v", out.Step, err)
		}
		switch out.State {
		case executor.Finished:
			return
		case executor.AfterCutOver:
			out, err = executor.Finish(d.t.Context(), d.live, out.ID, opts)
		case executor.Held:
			out, err = executor.Continue(d.t.Context(), d.live, out.ID, opts)
		default:
			d.t.Fatalf("the run stands in state %s at step %s", out.State, out.Step)
		}
	}
	d.t.Fatal("the run does not come to its end")
}

// state is a table as it is seen from outside: its definition and its rows.
type state struct{ definition, rows string }

func (d *database) state(table, order string) state {
	d.t.Helper()
	definition, err := load.Definition(d.t.Context(), d.pool, d.e.Name, table)
	if err != nil {
		d.t.Fatal(err)
	}
	rows, err := d.pool.QueryContext(d.t.Context(), "SELECT * FROM "+table+" ORDER BY "+order)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, columns)
	for rows.Next() {
		fields := make([]any, len(columns))
		for i := range fields {
			fields[i] = new(any)
		}
		if err := rows.Scan(fields...); err != nil {
			d.t.Fatal(err)
		}
		for _, f := range fields {
			v := reflect.ValueOf(f).Elem().Interface()
			fmt.Fprintf(&b, "%T %v|", v, v)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return state{definition, b.String()}
}

// clean fails when anything of ours is left in the database.
func (d *database) clean() {
	d.t.Helper()
	left, err := d.e.Leftovers(d.t.Context(), d.pool)
	if err != nil {
		d.t.Fatal(err)
	}
	if len(left) > 0 {
		d.t.Errorf("left behind: %s", strings.Join(left, ", "))
	}
}
