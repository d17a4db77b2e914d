package conform

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/plan"
)

// betweenStatements lets the older application write between any two statements up to the hold, and
// behind each chunk. What is no transaction may end after each of its statements and is repeated
// then, so each such step is done twice, one statement at a time. At the hold both names have the
// same values.
func (c Rename) betweenStatements(t *testing.T, e Engine) {
	d, p := c.planned(t, e)
	const seeded = 1500
	var rows []string
	for id := 2000; id < 2000+seeded; id++ {
		rows = append(rows, fmt.Sprintf("(%d, 'm%d')", id, id))
	}
	d.exec("INSERT INTO t (id, " + c.Old + ") VALUES " + strings.Join(rows, ", "))
	p.Steps = oneByOne(p.Steps)
	n := 0
	write := func(point string) {
		if !strings.HasSuffix(point, ":done") && !strings.HasSuffix(point, ":checkpoint") {
			return // the step holds locks there
		}
		n++
		d.exec(fmt.Sprintf("INSERT INTO t (id, %s) VALUES (%d, 'n%d')", c.Old, 100_000+n, n),
			fmt.Sprintf("UPDATE t SET %s = 'u%d' WHERE id = %d", c.Old, n, 100_000+n-1),
			fmt.Sprintf("UPDATE t SET %s = 'w%d' WHERE id = %d", c.Old, n, 2000+n),
			// To where the walk has been.
			fmt.Sprintf("UPDATE t SET id = %d WHERE id = %d", -n, 2000+seeded-n))
	}
	out, err := executor.Run(t.Context(), d.live, p, executor.Options{Failpoint: write, Workers: 1}) // another worker could wait, with rows locked, for the one that stands at a point
	if err != nil || out.State != executor.Held {
		t.Fatalf("%s at step %s: %v", out.State, out.Step, err)
	}
	if n < len(p.Steps)/2 {
		t.Errorf("only %d writes beside %d steps", n, len(p.Steps))
	}
	d.equal(c.Old, c.New)
}

// oneByOne gives steps in which each statement before the first hold is a step of its own.
func oneByOne(steps []plan.Step) []plan.Step {
	var all []plan.Step
	for i, s := range steps {
		if s.Hold != "" {
			return append(all, steps[i:]...)
		}
		if s.Atomic || s.Walk != nil || len(s.SQL) < 2 {
			all = append(all, s)
			continue
		}
		for again := range 2 {
			for j, query := range s.SQL {
				part := s
				part.ID, part.SQL, part.Proof = fmt.Sprintf("%s-%d-%d", s.ID, again, j), []string{query}, ""
				all = append(all, part)
			}
		}
	}
	return all
}

// equal fails for each row in which two columns differ.
func (d *database) equal(a, b string) {
	d.t.Helper()
	rows, err := d.pool.QueryContext(d.t.Context(), "SELECT id, "+a+", "+b+" FROM t")
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var x, y sql.NullString
		if err := rows.Scan(&id, &x, &y); err != nil {
			d.t.Fatal(err)
		}
		if x != y {
			d.t.Errorf("row %d has %v in %s and %v in %s", id, x, a, y, b)
		}
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
}
