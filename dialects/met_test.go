package dialects_test

import (
	"slices"
	"testing"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// everyChange has each kind of change that users write, about a table t with a column a, an index ix and a check ck.
func everyChange() []schema.Change {
	on := schema.On{Name: schema.Name{Table: "t"}}
	check := schema.Constraint{Name: "ck", Kind: schema.Check, Columns: []string{"a"}, Expr: "a > 0", Definition: "CHECK (a > 0)"}
	added := check
	added.Name = "ck2"
	change := []schema.Change{
		schema.CreateTable{On: schema.On{Name: schema.Name{Table: "made"}}, SQL: "CREATE TABLE made (id int)", Def: &schema.Table{Name: schema.Name{Table: "made"}}},
		schema.DropTable{On: on},
		schema.RenameTable{On: on, To: "t2"},
		schema.SetOption{On: on, Option: "comment", Text: "COMMENT 'x'"},
		schema.AddColumn{On: on, Column: schema.Column{Name: "c", Type: "int"}},
		schema.DropColumn{On: on, Column: "a"},
		schema.RenameColumn{On: on, From: "a", To: "a2"},
		schema.ChangeType{On: on, Column: "a", Type: "bigint"},
		schema.SetNotNull{On: on, Column: "a"},
		schema.DropNotNull{On: on, Column: "id"},
		schema.SetDefault{On: on, Column: "a", Expr: "1"},
		schema.DropDefault{On: on, Column: "a"},
		schema.SetIdentity{On: on, Column: "a", Identity: "always"},
		schema.SetGenerated{On: on, Column: "a", Generated: "stored", Expr: "id + 1"},
		schema.CreateIndex{On: on, Index: schema.Index{Name: "ix2", Columns: []string{"a"}}},
		schema.DropIndex{On: on, Index: "ix"},
		schema.RenameIndex{On: on, From: "ix", To: "ix3"},
		schema.AddConstraint{On: on, Constraint: added},
		schema.ValidateConstraint{On: on, Constraint: check},
		schema.DropConstraint{On: on, Constraint: "ck"},
		schema.Verbatim{On: on, SQL: "FROBNICATE t"},
	}
	for _, kind := range []schema.ConstraintKind{schema.PrimaryKey, schema.Unique, schema.ForeignKey, schema.OtherKind} {
		change = append(change, schema.AddConstraint{On: on, Constraint: schema.Constraint{Name: "k", Kind: kind, Columns: []string{"a"}, RefTable: schema.Name{Table: "t"}, RefColumns: []string{"id"}}})
	}
	return append(change, schema.Alter{On: on, Clauses: []schema.Change{change[4], change[10]}}, schema.Native{On: on, SQL: "ALTER TABLE t DROP COLUMN a, DROP COLUMN b", Clauses: []schema.Change{change[5], schema.DropColumn{On: on, Column: "b"}}})
}

// TestEveryChangeIsMet: whatever a change is, an engine says what it does to others, and either why it does not make it, or
// steps with SQL, a proof and a way back; none stands there by default.
func TestEveryChangeIsMet(t *testing.T) {
	for _, kind := range schema.Kinds() {
		if !slices.ContainsFunc(everyChange(), func(c schema.Change) bool { return c.Kind() == kind }) && kind != "statement" {
			t.Errorf("no %s is tried", kind)
		}
	}
	for _, e := range engines {
		d, err := dialects.Offline(e.dialect, e.version)
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Schema("CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int DEFAULT 3, b int, CONSTRAINT ck CHECK (a > 0));\nCREATE INDEX ix ON t (b);")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range everyChange() {
			met(t, e.dialect+" "+e.version, d, c, s)
		}
	}
}

func met(t *testing.T, engine string, d planner.Dialect, c schema.Change, s *schema.Schema) {
	t.Helper()
	if e := d.Effect(c, s); e.Source == "" {
		t.Errorf("%s, %s: nothing says where its effect is known from: %+v", engine, c.Kind(), e)
	}
	steps, err := d.Script(c, s)
	if err == nil && len(steps) == 0 && c.Kind() != "validate-constraint" { // ck is valid
		t.Errorf("%s, %s: neither steps nor an error", engine, c.Kind())
	}
	for _, step := range plan.Called(steps, c, c.Table()) {
		switch {
		case err != nil:
		case step.Kind == "" || step.Title == "":
			t.Errorf("%s, %s: a step has no name", engine, c.Kind())
		case len(step.SQL) == 0 && step.Walk == nil && step.CutOver == nil:
			t.Errorf("%s, %s: %q runs nothing", engine, c.Kind(), step.Title)
		case step.Proof == "" && step.Unproven == "" && !step.Atomic && step.Walk == nil:
			t.Errorf("%s, %s: %q has no proof and does not say so", engine, c.Kind(), step.Title)
		case len(step.Undo) == 0 && !step.NoReturn && step.Loses == "" && c.Kind() != "validate-constraint":
			t.Errorf("%s, %s: %q has no way back and does not say so", engine, c.Kind(), step.Title)
		}
	}
}
