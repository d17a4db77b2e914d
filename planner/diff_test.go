package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/plan"
	"surefoot/schema"
)

// table makes a table of the default schema for a test of Diff.
func diffTable(name string, change ...func(*schema.Table)) *schema.Table {
	t := &schema.Table{
		Name: schema.Name{Schema: "main", Table: name},
		Columns: []schema.Column{
			{Name: "id", Type: "int", NotNull: true}, {Name: "a", Type: "varchar(50)"}, {Name: "b", Type: "int", Default: "0"},
		},
		Indexes:     []schema.Index{{Name: name + "_pkey", Columns: []string{"id"}, Unique: true, Primary: true}, {Name: name + "_a", Columns: []string{"a"}, Definition: "CREATE INDEX " + name + "_a ON " + name + " (a)"}},
		Constraints: []schema.Constraint{{Name: name + "_pkey", Kind: schema.PrimaryKey, Columns: []string{"id"}}, {Name: "positive", Kind: schema.Check, Expr: "b > 0", Definition: "CHECK (b > 0)"}},
	}
	for _, f := range change {
		f(t)
	}
	return t
}

func diffSchema(name string, tables ...*schema.Table) *schema.Schema {
	return &schema.Schema{Default: name, Tables: tables}
}

func saidOf(c schema.Change) string {
	what := ""
	switch c := c.(type) {
	case schema.Alter:
		var all []string
		for _, clause := range c.Clauses {
			all = append(all, saidOf(clause))
		}
		return strings.Join(all, " and ")
	case schema.AddColumn:
		what = c.Column.Name
	case schema.DropColumn:
		what = c.Column
	case schema.ChangeType:
		what = c.Column + " " + c.Type + " " + c.Collation
	case schema.SetNotNull:
		what = c.Column
	case schema.DropNotNull:
		what = c.Column
	case schema.SetDefault:
		what = c.Column + " " + c.Expr
	case schema.DropDefault:
		what = c.Column
	case schema.SetGenerated:
		what = c.Column
	case schema.CreateIndex:
		what = c.Index.Name + " " + c.Text
	case schema.DropIndex:
		what = c.Index
	case schema.AddConstraint:
		what = c.Constraint.Name
	case schema.DropConstraint:
		what = c.Constraint
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Table(), c.Kind(), what))
}

func TestDiff(t *testing.T) {
	column := func(name string, f func(*schema.Column)) func(*schema.Table) {
		return func(t *schema.Table) { f(t.Column(name)) }
	}
	for _, tt := range []struct {
		name       string
		have, want *schema.Table // nil: none
		changes    []string
	}{
		{"nothing", diffTable("t"), diffTable("t"), nil},
		{"white space and case", diffTable("t"), diffTable("t", column("a", func(c *schema.Column) { c.Type = "VARCHAR(50)" }), func(t *schema.Table) {
			t.Constraints[1].Expr = "b  >\n 0"
			t.Indexes[1].Definition = `create index t_a on "main"."t"  (a)`
		}), nil},
		{"create", nil, diffTable("t"), []string{"main.t create-table", "main.t add-index t_a (a)"}},
		{"drop", diffTable("t"), nil, []string{"main.t drop-table"}},
		{"add a column", diffTable("t"), diffTable("t", func(t *schema.Table) { t.Columns = append(t.Columns, schema.Column{Name: "c", Type: "text"}) }), []string{"main.t add-column c"}},
		{
			"drop a column with its index", diffTable("t"), diffTable("t", func(t *schema.Table) {
				t.Columns = t.Columns[:1:1]
				t.Indexes, t.Constraints = t.Indexes[:1], t.Constraints[:1]
			}),
			[]string{"main.t drop-constraint positive", "main.t drop-index t_a", "main.t drop-column a", "main.t drop-column b"},
		},
		{"type", diffTable("t"), diffTable("t", column("a", func(c *schema.Column) { c.Type = "text" })), []string{"main.t change-type a text"}},
		{"collation", diffTable("t"), diffTable("t", column("a", func(c *schema.Column) { c.Collation = "nocase" })), []string{"main.t change-type a varchar(50) nocase"}},
		{
			"null and default", diffTable("t"), diffTable("t", column("a", func(c *schema.Column) { c.NotNull = true; c.Default = "'x'" }), column("b", func(c *schema.Column) { c.Default = "" })),
			[]string{"main.t set-default a 'x'", "main.t set-not-null a", "main.t drop-default b"},
		},
		{"null again", diffTable("t", column("a", func(c *schema.Column) { c.NotNull = true })), diffTable("t"), []string{"main.t drop-not-null a"}},
		{"computed", diffTable("t"), diffTable("t", column("b", func(c *schema.Column) { c.Generated, c.Expr = "stored", "id + 1" })), []string{"main.t set-generated b"}},
		{"index changed", diffTable("t"), diffTable("t", func(t *schema.Table) {
			t.Indexes[1].Columns = []string{"a", "b"}
			t.Indexes[1].Definition = "CREATE INDEX t_a ON t USING btree (a, b)"
		}), []string{"main.t drop-index t_a and main.t add-index t_a USING btree (a, b)"}},
		{"constraint changed", diffTable("t"), diffTable("t", func(t *schema.Table) { t.Constraints[1].Expr = "b > 1" }), []string{"main.t drop-constraint positive and main.t add-check positive"}},
		{
			"constraint without a name", diffTable("t", func(t *schema.Table) { t.Constraints[1].Name = "" }), diffTable("t", func(t *schema.Table) { t.Constraints = t.Constraints[:1] }),
			[]string{"main.t drop-constraint CHECK (b > 0)"},
		},
		{"foreign keys come last", diffTable("t"), diffTable("t", func(t *schema.Table) {
			t.Constraints = append(t.Constraints, schema.Constraint{Name: "f", Kind: schema.ForeignKey, Columns: []string{"b"}, RefTable: schema.Name{Schema: "main", Table: "t"}})
			t.Columns = append(t.Columns, schema.Column{Name: "c", Type: "int"})
			t.Indexes = append(t.Indexes, schema.Index{Name: "t_c", Columns: []string{"c"}})
		}), []string{"main.t add-column c", "main.t add-index t_c", "main.t add-foreign-key f"}},
		{"unique constraint brings its index", diffTable("t"), diffTable("t", func(t *schema.Table) {
			t.Constraints = append(t.Constraints, schema.Constraint{Name: "u", Kind: schema.Unique, Columns: []string{"a"}})
			t.Indexes = append(t.Indexes, schema.Index{Name: "u", Columns: []string{"a"}, Unique: true, Constraint: "u"})
		}), []string{"main.t add-unique u"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			have, want := diffSchema("main"), diffSchema("main")
			if tt.have != nil {
				have.Tables = append(have.Tables, tt.have)
			}
			if tt.want != nil {
				want.Tables = append(want.Tables, tt.want)
			}
			var got []string
			for _, c := range schema.Diff(have, want) {
				got = append(got, saidOf(c))
			}
			if diff := cmp.Diff(tt.changes, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// A scratch schema may have another name than the one that it stands for.
func TestDiffBetweenSchemasOfOtherNames(t *testing.T) {
	elsewhere := func(t *schema.Table) {
		t.Name.Schema = "scratch_1"
		t.Constraints = append(t.Constraints, schema.Constraint{Name: "f", Kind: schema.ForeignKey, Columns: []string{"b"}, RefTable: schema.Name{Schema: "scratch_1", Table: "t"}})
	}
	here := func(t *schema.Table) {
		t.Constraints = append(t.Constraints, schema.Constraint{Name: "f", Kind: schema.ForeignKey, Columns: []string{"b"}, RefTable: schema.Name{Schema: "main", Table: "t"}})
	}
	have, want := diffSchema("main", diffTable("t", here)), diffSchema("scratch_1", diffTable("t", elsewhere), diffTable("u", elsewhere))
	var got []string
	for _, c := range schema.Diff(have, want) {
		got = append(got, saidOf(c))
	}
	if diff := cmp.Diff([]string{"main.u create-table", "main.u add-index u_a (a)", "main.u add-foreign-key f"}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// What differs has no statement: each change is planned by itself, never as an empty text.
func TestBuildOfADifferenceHasNoEmptyStatement(t *testing.T) {
	have := diffSchema("main", diffTable("t"))
	want := diffSchema("main", diffTable("t", func(t *schema.Table) { t.Column("a").Default = "'x'" }))
	for _, mode := range []plan.Mode{plan.Safe, plan.Window} {
		p, err := Build([]schema.Statement{{Changes: schema.Diff(have, want)}}, have, echo{}, Options{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Steps) != 1 || len(p.Steps[0].SQL) != 1 || p.Steps[0].SQL[0] != "set-default" {
			t.Errorf("%s: steps %+v", mode, p.Steps)
		}
	}
}

// echo is a dialect whose statements are the kinds of the changes.
type echo struct{}

func (echo) Effect(schema.Change, *schema.Schema) plan.Effect {
	return plan.Effect{Source: plan.Measured}
}
func (echo) Carries(schema.Change, *schema.Schema) string { return "" }
func (echo) Script(c schema.Change, _ *schema.Schema) ([]plan.Step, error) {
	if n, ok := c.(schema.Native); ok {
		return []plan.Step{{Act: plan.Act{SQL: []string{n.SQL}, Atomic: true}}}, nil
	}
	return []plan.Step{{Act: plan.Act{SQL: []string{c.Kind()}, Atomic: true}}}, nil
}

// A step that would do nothing cannot be planned, nor one of which nobody could tell whether it took effect.
func TestNoStepIsEmptyOrUnproven(t *testing.T) {
	for _, tt := range []struct {
		step plan.Step
		want string
	}{
		{plan.Step{Act: plan.Act{SQL: []string{""}, Atomic: true}}, "has no SQL"},
		{plan.Step{}, "has no SQL"},
		{plan.Step{Act: plan.Act{SQL: []string{"ALTER TABLE t"}}}, "has no proof"},
		{plan.Step{Act: plan.Act{SQL: []string{"ALTER TABLE t"}}, Evidence: plan.Evidence{Proof: "SELECT 1"}}, ""},
		{plan.Step{Act: plan.Act{SQL: []string{"ALTER TABLE t"}, Atomic: true}}, ""},
		{plan.Step{Act: plan.Act{SQL: []string{"VACUUM"}}, Evidence: plan.Evidence{Unproven: "it is not read"}}, ""},
		{plan.Step{Pause: plan.Pause{Hold: "the application is deployed"}}, ""},
		{plan.Step{Act: plan.Act{Walk: &plan.Walk{}}}, ""},
		{plan.Step{Act: plan.Act{CutOver: &plan.CutOver{}}}, ""},
	} {
		p := plan.Plan{Steps: []plan.Step{tt.step}}
		err := p.Seal()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%+v: %v, want %q", tt.step, err, tt.want)
		}
	}
}

// What nobody compares is named, with what there is on either side.
func TestUncompared(t *testing.T) {
	have, want := diffSchema("main", diffTable("t")), diffSchema("main", diffTable("t", func(t *schema.Table) { slices.Reverse(t.Columns) }))
	have.Others = map[string]int{"views": 2, "triggers": 0}
	want.Others = map[string]int{"views": schema.NotCounted}
	wanted := []schema.Aside{
		{What: "the order of columns of main.t", Have: "id, a, b", Want: "b, a, id"},
		{What: "triggers", Have: "0", Want: "0"},
		{What: "views", Have: "2", Want: "not counted"},
	}
	if diff := cmp.Diff(wanted, schema.Uncompared(have, want)); diff != "" {
		t.Error(diff)
	}
}

func TestUncomparedNamesOfNotNull(t *testing.T) {
	named := func(name string) *schema.Schema {
		return diffSchema("main", diffTable("t", func(t *schema.Table) { t.Columns[1].NotNull, t.Columns[1].NotNullName = true, name }))
	}
	want := []schema.Aside{{What: "the names of what forbids NULL in main.t", Have: "one", Want: "two"}}
	if diff := cmp.Diff(want, schema.Uncompared(named("one"), named("two"))); diff != "" {
		t.Error(diff)
	}
	if got := schema.Uncompared(named("one"), named("one")); got != nil {
		t.Error(got)
	}
	alone := diffSchema("main", diffTable("t", func(t *schema.Table) {
		t.Columns[1].NotNull, t.Columns[1].NotNullText = true, "NOT NULL a NO INHERIT"
	}))
	want = []schema.Aside{{What: "what forbids NULL in column a of main.t", Have: "nothing", Want: "NOT NULL a NO INHERIT"}}
	if diff := cmp.Diff(want, schema.Uncompared(diffSchema("main", diffTable("t")), alone)); diff != "" {
		t.Error(diff)
	}
}
