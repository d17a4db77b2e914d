package planner

import (
	"strings"
	"testing"

	"surefoot/schema"
)

// Each line: a statement's clauses, how many of them have something to do, or why it is refused.
func TestWhatIsThere(t *testing.T) {
	on := schema.On{Name: schema.Name{Table: "orders"}}
	check := func(name string) schema.Change {
		return schema.AddConstraint{On: on, Constraint: schema.Constraint{Name: name, Kind: schema.Check, Columns: []string{"amount"}}}
	}
	for _, tc := range []struct {
		name    string
		clauses []schema.Change
		left    int
		refused string
	}{
		{"an index that is not there", []schema.Change{schema.DropIndex{On: on, Index: "nope"}}, 0, "table public.orders has no index nope"},
		{"an index of no known table", []schema.Change{schema.DropIndex{Index: "nope"}}, 0, "no table that is known has an index nope"},
		{"the same, if it exists", []schema.Change{schema.DropIndex{Index: "nope", IfExists: true}}, 0, ""},
		{"an index that is there", []schema.Change{schema.DropIndex{On: on, Index: "by_code", IfExists: true}}, 1, ""},
		{"a constraint that is not there", []schema.Change{schema.DropConstraint{On: on, Constraint: "nope"}}, 0, "table public.orders has no constraint nope"},
		{"the same, if it exists", []schema.Change{schema.DropConstraint{On: on, Constraint: "nope", IfExists: true}}, 0, ""},
		{"an index by its constraint's word", []schema.Change{schema.DropConstraint{On: on, Constraint: "by_code"}}, 1, ""},
		{"a constraint's name twice", []schema.Change{check("positive")}, 0, "table public.orders has a constraint positive already"},
		{"dropped and added", []schema.Change{check("positive"), schema.DropConstraint{On: on, Constraint: "positive"}}, 2, ""},
		{"an index's name twice", []schema.Change{schema.CreateIndex{On: on, Index: schema.Index{Name: "by_code", Columns: []string{"amount"}}}}, 0, "table public.orders has an index by_code already"},
		{"the same, if it does not exist", []schema.Change{schema.CreateIndex{On: on, Index: schema.Index{Name: "by_code"}, IfNotExists: true}}, 0, ""},
		{"a column that is there", []schema.Change{schema.AddColumn{On: on, Column: schema.Column{Name: "code"}, IfNotExists: true}}, 0, ""},
		{"beside another", []schema.Change{schema.AddColumn{On: on, Column: schema.Column{Name: "code"}, IfNotExists: true}, schema.AddColumn{On: on, Column: schema.Column{Name: "n"}}}, 1, ""},
		{"a column that is gone", []schema.Change{schema.DropColumn{On: on, Column: "gone", IfExists: true}, schema.DropColumn{On: on, Column: "code"}}, 1, ""},
		{"a column's name that is taken", []schema.Change{schema.RenameColumn{On: on, From: "code", To: "amount"}}, 0, "table public.orders has a column amount already"},
		{"exchanged names", []schema.Change{schema.RenameColumn{On: on, From: "code", To: "amount"}, schema.RenameColumn{On: on, From: "amount", To: "code"}}, 2, ""},
		{"a table that is there", []schema.Change{schema.CreateTable{On: on, Def: &schema.Table{}, IfNotExists: true}}, 0, ""},
		{"a table that is not there", []schema.Change{schema.DropTable{On: schema.On{Name: schema.Name{Table: "nope"}}, IfExists: true}}, 0, ""},
		{"a table's name that is taken", []schema.Change{schema.RenameTable{On: on, To: "items"}}, 0, "table public.items exists already"},
		{"an index to be renamed", []schema.Change{schema.RenameIndex{On: on, From: "nope", To: "x"}}, 0, "table public.orders has no index nope"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := orders()
			s.Tables = append(s.Tables, &schema.Table{Name: schema.Name{Schema: "public", Table: "items"}})
			b := &builder{base: s, now: s}
			left, err := b.exists(schema.Statement{}, tc.clauses)
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

func orders() *schema.Schema {
	return &schema.Schema{Default: "public", Tables: []*schema.Table{{
		Name:        schema.Name{Schema: "public", Table: "orders"},
		Columns:     []schema.Column{{Name: "id", Type: "integer", NotNull: true}, {Name: "amount", Type: "integer"}, {Name: "code", Type: "text"}},
		Indexes:     []schema.Index{{Name: "by_code", Columns: []string{"code", "amount"}}},
		Constraints: []schema.Constraint{{Name: "positive", Kind: schema.Check, Columns: []string{"amount"}, NotValid: true}},
	}}}
}
