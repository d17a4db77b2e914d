package conform

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"surefoot/plan"
)

// Meddling is something that somebody does to a table during a run: Do must show in the table's
// portrait as the differences of Shows (each a part of one), and nothing else; Undo takes it back.
type Meddling struct {
	Do, Undo string
	Shows    []string
}

// Portraits does one thing after the other to a table and compares portraits.
func Portraits(t *testing.T, pool *sql.DB, query string, all []Meddling) {
	t.Helper()
	before := Lines(t, pool, query)
	if len(before) == 0 {
		t.Fatal("the portrait is empty")
	}
	for _, m := range all {
		execAll(t, pool, m.Do)
		diff := plan.PortraitDiff(before, Lines(t, pool, query))
		if len(diff) != len(m.Shows) {
			t.Errorf("%s: %d differences, not %d:\n%s", m.Do, len(diff), len(m.Shows), strings.Join(diff, "\n"))
		}
		for _, want := range m.Shows {
			if !slices.ContainsFunc(diff, func(d string) bool { return strings.Contains(d, want) }) {
				t.Errorf("%s: nothing says %q:\n%s", m.Do, want, strings.Join(diff, "\n"))
			}
		}
		execAll(t, pool, m.Undo)
		if diff := plan.PortraitDiff(before, Lines(t, pool, query)); len(diff) > 0 {
			t.Fatalf("%s; %s: it is not as before:\n%s", m.Do, m.Undo, strings.Join(diff, "\n"))
		}
	}
}

// Querier is a pool, a session or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Lines gives the rows of a query with one text column.
func Lines(t testing.TB, q Querier, query string) []string {
	t.Helper()
	rows, err := q.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// execAll runs statements that stand each on its line.
func execAll(t testing.TB, pool *sql.DB, statements string) {
	t.Helper()
	for s := range strings.SplitSeq(statements, "\n") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if _, err := pool.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
