package planner

import (
	"strings"
	"testing"
)

// Each line: a statement's clauses, how many of them have something to do, or why it is refused.
func TestWhatIsThere(t *testing.T) {
	on := On{Name{Table: "orders"}}
	check := func(name string) Change {
		return AddConstraint{On: on, Constraint: Constraint{Name: name, Kind: Check, Columns: []string{"amount"}}}
	}
	for _, tc := range []struct {
		name    string
		clauses []Change
		left    int
		refused string
	}{
		{"an index that is not there", []Change{DropIndex{On: on, Index: "nope"}}, 0, "table public.orders has no index nope"},
		{"an index of no known table", []Change{DropIndex{Index: "nope"}}, 0, "no table that is known has an index nope"},
		{"the same, if it exists", []Change{DropIndex{Index: "nope", IfExists: true}}, 0, ""},
		{"an index that is there", []Change{DropIndex{On: on, Index: "by_code", IfExists: true}}, 1, ""},
		{"a constraint that is not there", []Change{DropConstraint{On: on, Constraint: "nope"}}, 0, "table public.orders has no constraint nope"},
		{"the same, if it exists", []Change{DropConstraint{On: on, Constraint: "nope", IfExists: true}}, 0, ""},
		{"an index by its constraint's word", []Change{DropConstraint{On: on, Constraint: "by_code"}}, 1, ""},
		{"a constraint's name twice", []Change{check("positive")}, 0, "table public.orders has a constraint positive already"},
		{"dropped and added", []Change{check("positive"), DropConstraint{On: on, Constraint: "positive"}}, 2, ""},
		{"an index's name twice", []Change{CreateIndex{On: on, Index: Index{Name: "by_code", Columns: []string{"amount"}}}}, 0, "table public.orders has an index by_code already"},
		{"the same, if it does not exist", []Change{CreateIndex{On: on, Index: Index{Name: "by_code"}, IfNotExists: true}}, 0, ""},
		{"a column that is there", []Change{AddColumn{On: on, Column: Column{Name: "code"}, IfNotExists: true}}, 0, ""},
		{"beside another", []Change{AddColumn{On: on, Column: Column{Name: "code"}, IfNotExists: true}, AddColumn{On: on, Column: Column{Name: "n"}}}, 1, ""},
		{"a column that is gone", []Change{DropColumn{On: on, Column: "gone", IfExists: true}, DropColumn{On: on, Column: "code"}}, 1, ""},
		{"a column's name that is taken", []Change{RenameColumn{On: on, From: "code", To: "amount"}}, 0, "table public.orders has a column amount already"},
		{"exchanged names", []Change{RenameColumn{On: on, From: "code", To: "amount"}, RenameColumn{On: on, From: "amount", To: "code"}}, 2, ""},
		{"a table that is there", []Change{CreateTable{On: on, Def: &Table{}, IfNotExists: true}}, 0, ""},
		{"a table that is not there", []Change{DropTable{On: On{Name{Table: "nope"}}, IfExists: true}}, 0, ""},
		{"a table's name that is taken", []Change{RenameTable{On: on, To: "items"}}, 0, "table public.items exists already"},
		{"an index to be renamed", []Change{RenameIndex{On: on, From: "nope", To: "x"}}, 0, "table public.orders has no index nope"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := orders()
			s.Tables = append(s.Tables, &Table{Name: Name{"public", "items"}})
			b := &builder{base: s, now: s}
			left, err := b.exists(Statement{}, tc.clauses)
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Fatalf("got %v, want %s", err, tc.refused)
				}
				return
			}
			if err != nil || len(left) != tc.left {
				t.Errorf("%d clauses are left, %v; want %d", len(left), err, tc.left)
			}
		})
	}
}
