package mysql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// likeness is a change whose result must be what the plain statements make of a second table that
// nobody copies, or that is refused when it is planned.
type likeness struct {
	name    string
	not     Flavor // +1; 0: it is for both
	setup   string // statements, separated by "; "
	writes  string // done in the middle of the copy, and before the plain statements
	change  string
	refused string // part of the reason
	plain   bool   // the statement must be run as it is, without a copy
}

// TestAsNative forces copies where the server would write the table anew.
func TestAsNative(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		flavor := openTest(t, url).flavor
		for i, c := range likenesses {
			on := slices.DeleteFunc([]Flavor{MySQL, MariaDB}, func(f Flavor) bool { return c.not == f+1 })
			if !slices.Contains(servers.Share(c.name, on), flavor) {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				c.look(t, openTest(t, another(t, url, 2*i)), openTest(t, another(t, url, 2*i+1)))
			})
		}
	})
}

func (c likeness) look(t *testing.T, db, native *Database) {
	for _, d := range []*Database{db, native} {
		execute(t, d, strings.Split(c.setup, "; ")...)
	}
	p, err := c.plan(t, db)
	if c.refused != "" {
		var refusal *schema.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.refused) {
			t.Errorf("the plan is not refused with %q: %v", c.refused, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	copied := slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.CutOver != nil })
	if copied == c.plain {
		t.Errorf("the plan copies the table: %v", copied)
	}
	var writes []string
	if c.writes != "" {
		writes = strings.Split(c.writes, "; ")
	}
	execute(t, native, append(slices.Clone(writes), strings.Split(c.change, "; ")...)...)
	if !copied {
		execute(t, db, writes...)
		writes = nil
	}
	c.run(t, db, p, writes)
	if diff := cmp.Diff(shown(t, native), shown(t, db)); diff != "" {
		t.Errorf("definition (-native +ours):\n%s", diff)
	}
	if diff := cmp.Diff(hexRows(t, native), hexRows(t, db)); diff != "" {
		t.Errorf("rows (-native +ours):\n%s", diff)
	}
	nothingLeft(t, db.pool)
}

func (c likeness) plan(t *testing.T, db *Database) (*plan.Plan, error) {
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := db.Parse("", strings.ReplaceAll(c.change, "; ", ";\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	probe := func(n schema.Native, s *schema.Schema) (plan.Effect, error) {
		e, err := db.Probe(t.Context(), n, s)
		if e.Algorithm == "COPY" {
			e.Online, e.Lock, e.Blocks = false, "SHARED", plan.BlocksWrites
		}
		return e, err
	}
	return planner.Build(stmts, s, forced{db.Dialect}, planner.Options{Probe: probe})
}

// run goes through holds, as an operator does who has deployed the application.
func (c likeness) run(t *testing.T, db *Database, p *plan.Plan, writes []string) {
	t.Helper()
	opts := executor.Options{Finish: true}
	opts.Failpoint = func(point string) {
		if strings.HasSuffix(point, "backfill:done") {
			asOthers(t, db, writes...)
			writes = nil
		}
	}
	out, err := executor.Run(t.Context(), db, p, opts)
	for range 5 {
		if err != nil || out.State != executor.Held {
			break
		}
		out, err = executor.Continue(t.Context(), db, out.ID, opts)
	}
	if err != nil || out.State != executor.Finished {
		t.Fatal(out, err)
	}
}

// shown is SHOW CREATE TABLE, with the counter.
func shown(t *testing.T, db *Database) string {
	t.Helper()
	var name, text string
	if err := db.pool.QueryRow("SHOW CREATE TABLE t").Scan(&name, &text); err != nil {
		t.Fatal(err)
	}
	return text
}

// hexRows gives each row in the order of the first column, each value in hexadecimal.
func hexRows(t *testing.T, db *Database) []string {
	t.Helper()
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, c := range s.Table(schema.Name{Table: "t"}).Columns {
		values = append(values, "COALESCE(HEX("+quote(c.Name)+"), 'NULL')")
	}
	rows, err := db.pool.Query(fmt.Sprintf("SELECT CONCAT_WS(' ', %s) FROM t ORDER BY id", strings.Join(values, ", ")))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
