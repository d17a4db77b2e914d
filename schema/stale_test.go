package schema

import (
	"strings"
	"testing"
)

// Each line: a change before a copy of orders, and whether the copy is refused because of it.
func TestWhatACopyNoLongerKnows(t *testing.T) {
	on := func(table string) On { return On{Name{Table: table}} }
	key := Constraint{Name: "fk", Kind: ForeignKey, Columns: []string{"order_id"}, RefTable: Name{Table: "orders"}, RefColumns: []string{"id"}}
	for _, tc := range []struct {
		name   string
		change Change
		want   bool
	}{
		{"what nobody read", Verbatim{SQL: "DO x"}, true},
		{"what nobody read of the table", Verbatim{On: on("orders"), SQL: "GRANT SELECT ON orders TO x"}, true},
		{"what nobody read of another table", Verbatim{On: on("items"), SQL: "GRANT SELECT ON items TO x"}, false},
		{"of another table, naming this one", Verbatim{On: on("items"), SQL: "ALTER TABLE items INHERIT ORDERS"}, true},
		{"of something that is no table", Verbatim{On: on("orders_id_seq"), SQL: "ALTER SEQUENCE s AS bigint"}, true},
		{"what leaves tables alone", Verbatim{SQL: "UPDATE orders SET amount = 1", KeepsTables: true}, false},
		{"another table refers to it", AddConstraint{On: on("items"), Constraint: key}, true},
		{"another table no longer refers to it", DropConstraint{On: on("lines"), Constraint: "fk"}, true},
		{"a new table refers to it", CreateTable{On: on("new"), Def: &Table{Name: Name{Table: "new"}, Constraints: []Constraint{key}}}, true},
		{"a table that refers to it is dropped", DropTable{On: on("lines")}, true},
		{"a table that refers to it is renamed", RenameTable{On: on("lines"), To: "rows"}, true},
		{"a table that its trigger names is renamed", RenameTable{On: on("audit"), To: "rows"}, true},
		{"a column of a table that its trigger names is renamed", RenameColumn{On: on("audit"), From: "a", To: "b"}, true},
		{"a table that its trigger does not name is renamed", RenameTable{On: on("items"), To: "rows"}, false},
		{"in a statement of several clauses", Alter{on("lines"), []Change{DropConstraint{On: on("lines"), Constraint: "fk"}, AddColumn{On: on("lines"), Column: Column{Name: "x"}}}}, true},
		{"an index of a table that is not known", DropIndex{Index: "i"}, true},
		{"another table is dropped", DropTable{On: on("items")}, false},
		{"a table that refers to it loses another column", DropColumn{On: on("lines"), Column: "note"}, false},
		{"a table that refers to it loses the column", DropColumn{On: on("lines"), Column: "order_id"}, true},
		{"a table that refers to it loses a column and more", DropColumn{On: on("lines"), Column: "note", Cascade: true}, true},
		{"its own column", AddColumn{On: on("orders"), Column: Column{Name: "x"}}, false},
		{"its own check", AddConstraint{On: on("orders"), Constraint: Constraint{Name: "k", Kind: Check, Expr: "x > 0"}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := orders()
			s.Tables[0].Triggers = []Trigger{{"noted", "CREATE TRIGGER noted AFTER INSERT ON orders BEGIN INSERT INTO Audit VALUES (1); END"}}
			s.Tables = append(s.Tables, &Table{Name: Name{"public", "items"}}, &Table{Name: Name{"public", "audit"}, Columns: []Column{{Name: "a"}}},
				&Table{Name: Name{"public", "lines"}, Columns: []Column{{Name: "order_id"}}, Constraints: []Constraint{key}})
			after := Apply(s, tc.change)
			err := Outdated(after.Table(Name{Table: "orders"}))
			if (err != nil) != tc.want {
				t.Fatalf("refused: %v, want %v", err, tc.want)
			}
			if err != nil && !strings.Contains(err.Error(), "run the statements up to it first") {
				t.Errorf("no remedy: %v", err)
			}
			if Outdated(s.Table(Name{Table: "orders"})) != nil || Outdated(after.Settled().Table(Name{Table: "orders"})) != nil {
				t.Error("the schema before it is marked, or that of the next plan")
			}
		})
	}
}
