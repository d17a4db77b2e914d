package conform

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// Pair is a schema that is there and one that is wanted.
type Pair struct {
	Name       string
	Have, Want string
	Rows       string // statements behind Have
	// Changed names columns ("t.a") whose values are to change; others keep theirs.
	Changed []string
	// Refused is part of the reason for which it is not done; empty: it is done.
	Refused string
	// Native is what makes the wanted schema on an empty database; empty: Want.
	Native string
	// After is run at the end: the application goes on.
	After string

	limits planner.Limits // zero: the defaults
}

// Pairs reads a table with a line for each pair: name | there | wanted | rows | a column whose values change | why it
// is refused. The last two may be left out.
func Pairs(table string) []Pair {
	var out []Pair
	for line := range strings.Lines(strings.TrimSpace(table)) {
		f := strings.Split(line, "|")
		p := Pair{Name: strings.TrimSpace(f[0]), Have: f[1], Want: f[2], Rows: f[3]}
		if len(f) > 4 && strings.TrimSpace(f[4]) != "" {
			p.Changed = []string{strings.TrimSpace(f[4])}
		}
		if len(f) > 5 {
			p.Refused = strings.TrimSpace(f[5])
		}
		out = append(out, p)
	}
	return out
}

// Copied gives pairs whose tables all count as large, so that what can be copied is.
func Copied(pairs []Pair) []Pair {
	pairs = slices.Clone(pairs)
	for i := range pairs {
		pairs[i].Name += ", copied"
		pairs[i].limits = planner.Limits{MaxBlockMS: 1, LargeRows: 1, LargeBytes: 1}
	}
	return pairs
}

// Describer gives a whole schema in the server's own words, without the order of columns.
type Describer func(ctx context.Context, db *sql.DB) (string, error)

// Wanted plans each pair and runs the plan. What is then there must be what the wanted text makes on
// an empty database, a second comparison must find nothing, and columns that stay keep their values;
// or the change is refused with the reason that is expected.
func Wanted(t *testing.T, e Engine, describe Describer, pairs []Pair) {
	var mu sync.Mutex
	done, refused := 0, 0
	t.Run("pairs", func(t *testing.T) {
		for _, p := range pairs {
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				d := e.database(t)
				d.script(p.Have)
				d.script(p.Rows)
				why := p.check(d, describe)
				mu.Lock()
				defer mu.Unlock()
				if why == nil {
					done++
				} else {
					refused++
				}
				switch {
				case why == nil && p.Refused != "":
					t.Errorf("it is done; want a refusal that says %q", p.Refused)
				case why != nil && (p.Refused == "" || !strings.Contains(why.Error(), p.Refused)):
					t.Errorf("refused: %v; want %q", why, p.Refused)
				}
			})
		}
	})
	t.Logf("%d pairs of schemas: %d done, %d refused", len(pairs), done, refused)
}

// check gives the refusal, or nil when all was made.
func (p Pair) check(d *database, describe Describer) error {
	t := d.t
	before := d.values()
	plan, err := d.wanted(p)
	if err != nil {
		return err
	}
	d.finish(plan)
	native := d.e.database(t)
	native.script(cmp.Or(p.Native, p.Want))
	want, err := describe(t.Context(), native.pool)
	if err != nil {
		t.Fatal(err)
	}
	got, err := describe(t.Context(), d.pool)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("definition (-made anew +changed):\n%s", diff)
	}
	after := d.values()
	for column, values := range before {
		if now, ok := after[column]; ok && !slices.Contains(p.Changed, column) {
			if diff := gocmp.Diff(values, now); diff != "" {
				t.Errorf("values of %s (-before +after):\n%s", column, diff)
			}
		}
	}
	again, err := d.wanted(p)
	if err != nil {
		t.Errorf("compared again: %v", err)
	} else if len(again.Steps) > 0 {
		t.Errorf("compared again, there is more to do: %s", titles(again))
	}
	d.script(p.After)
	return nil
}

// script runs statements in one session. Where the driver takes one at a time they are cut at the
// semicolons that end a line or have a blank behind them.
func (d *database) script(text string) {
	d.t.Helper()
	conn, err := d.pool.Conn(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	statements := []string{text}
	if d.e.Name != "postgres" {
		statements = regexp.MustCompile(`;(\s|$)`).Split(text, -1)
	}
	for _, q := range statements {
		if strings.TrimSpace(q) == "" {
			continue
		}
		if _, err := conn.ExecContext(d.t.Context(), q); err != nil {
			d.t.Fatalf("%s: %v", q, err)
		}
	}
}

func titles(p *plan.Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.Title+": "+strings.Join(s.SQL, "; "))
	}
	return strings.Join(out, "\n")
}

// wanted plans what differs from a wanted schema, one statement for each change, as the program does.
func (d *database) wanted(pair Pair) (*plan.Plan, error) {
	d.t.Helper()
	have, err := d.live.Inspect(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	want, err := d.live.Scratch(d.t.Context(), pair.Want)
	if err != nil {
		return nil, err
	}
	var statements []schema.Statement
	for _, c := range schema.Diff(have, want) {
		statements = append(statements, schema.Statement{Changes: []schema.Change{c}})
	}
	o := planner.Options{Limits: pair.limits, NotCompared: schema.Uncompared(have, want)}
	if o.Limits == (planner.Limits{}) {
		o.Limits = planner.DefaultLimits()
	}
	p, err := planner.Build(statements, have, d.live, o)
	if err == nil && p.Verdict == plan.IsSafe {
		return p, nil
	}
	o.Mode = plan.Window // what is unsafe is for an outage
	return planner.Build(statements, have, d.live, o)
}

// values gives the values of each column of each table, as text, in the order of the rows' first column.
func (d *database) values() map[string][]string {
	d.t.Helper()
	s, err := d.live.Inspect(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string][]string{}
	for _, t := range s.Tables {
		if len(t.Columns) == 0 {
			continue
		}
		rows, err := d.pool.QueryContext(d.t.Context(), fmt.Sprintf("SELECT * FROM %s /* %d columns */ -- %s", quoted(d.e.Name, t.Name), len(t.Columns), plan.Fingerprint(s, []schema.Name{t.Name}))) // no plan is kept from before
		if err != nil {
			d.t.Fatal(err)
		}
		columns, read := readAll(d.t, rows)
		sort.Slice(read, func(i, j int) bool { return read[i][0] < read[j][0] })
		for i, c := range columns {
			for _, row := range read {
				out[t.Name.Table+"."+c] = append(out[t.Name.Table+"."+c], row[i])
			}
		}
	}
	return out
}

func quoted(engine string, n schema.Name) string {
	q := `"`
	if engine == "mysql" || engine == "mariadb" {
		q = "`"
	}
	if engine == "sqlite" {
		return q + n.Table + q
	}
	return q + n.Schema + q + "." + q + n.Table + q
}

func readAll(t testing.TB, rows *sql.Rows) (columns []string, read [][]string) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		fields := make([]any, len(columns))
		for i := range fields {
			fields[i] = new(sql.NullString)
		}
		if err := rows.Scan(fields...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, f := range fields {
			s := f.(*sql.NullString)
			row[i] = fmt.Sprintf("%v %s", s.Valid, s.String)
		}
		read = append(read, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return columns, read
}
