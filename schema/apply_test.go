package schema

import (
	"strings"
	"testing"
)

func orders() *Schema {
	return &Schema{Default: "public", Tables: []*Table{{
		Name:    Name{"public", "orders"},
		Columns: []Column{{Name: "id", Type: "integer", NotNull: true}, {Name: "amount", Type: "integer"}, {Name: "code", Type: "text"}},
		Indexes: []Index{{Name: "orders_pkey", Columns: []string{"id"}, Unique: true, Primary: true, Constraint: "orders_pkey"}, {Name: "by_code", Columns: []string{"code", "amount"}}},
		Constraints: []Constraint{
			{Name: "orders_pkey", Kind: PrimaryKey, Columns: []string{"id"}},
			{Name: "positive", Kind: Check, Columns: []string{"amount"}, NotValid: true},
		},
	}}}
}

// describe writes a table in one line, so that a test reads as before and after.
func describe(t *Table) string {
	if t == nil {
		return "none"
	}
	var b strings.Builder
	b.WriteString(t.Name.Table + "(")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name + " " + c.Type)
		if c.NotNull {
			b.WriteString(" not null")
		}
		if c.Default != "" {
			b.WriteString(" default " + c.Default)
		}
	}
	b.WriteString(")")
	for _, ix := range t.Indexes {
		b.WriteString(" " + ix.Name + "[" + strings.Join(ix.Columns, ",") + "]")
	}
	for _, k := range t.Constraints {
		b.WriteString(" " + k.Name)
		if k.NotValid {
			b.WriteString("?")
		}
	}
	return b.String()
}

func TestApply(t *testing.T) {
	on := On{Name{Table: "orders"}}
	twin := TwinIndex{On: on, Of: orders().Tables[0].Indexes[1], Twin: "twin", Old: "code", New: "sku"}
	for _, tc := range []struct {
		name   string
		change Change
		want   string
	}{
		{"add column", AddColumn{On: on, Column: Column{Name: "n", Type: "text"}}, "orders(id integer not null, amount integer, code text, n text) orders_pkey[id] by_code[code,amount] orders_pkey positive?"},
		{"drop column takes its indexes and checks", DropColumn{On: on, Column: "amount"}, "orders(id integer not null, code text) orders_pkey[id] orders_pkey"},
		{"rename column in its indexes too", RenameColumn{On: on, From: "code", To: "sku"}, "orders(id integer not null, amount integer, sku text) orders_pkey[id] by_code[sku,amount] orders_pkey positive?"},
		{"change type", ChangeType{On: on, Column: "amount", Type: "bigint"}, "orders(id integer not null, amount bigint, code text) orders_pkey[id] by_code[code,amount] orders_pkey positive?"},
		{"several clauses", Alter{On: on, Clauses: []Change{SetNotNull{On: on, Column: "amount"}, SetDefault{On: on, Column: "amount", Expr: "0"}}}, "orders(id integer not null, amount integer not null default 0, code text) orders_pkey[id] by_code[code,amount] orders_pkey positive?"},
		{"validate", ValidateConstraint{On: on, Constraint: Constraint{Name: "positive"}}, "orders(id integer not null, amount integer, code text) orders_pkey[id] by_code[code,amount] orders_pkey positive"},
		{"drop a constraint with its index", DropConstraint{On: on, Constraint: "orders_pkey"}, "orders(id integer not null, amount integer, code text) by_code[code,amount] positive?"},
		{"add unique", AddConstraint{On: on, Constraint: Constraint{Name: "u", Kind: Unique, Columns: []string{"code"}}}, "orders(id integer not null, amount integer, code text) orders_pkey[id] by_code[code,amount] u[code] orders_pkey positive? u"},
		{"rename an index and its constraint", RenameIndex{On: on, From: "orders_pkey", To: "k"}, "orders(id integer not null, amount integer, code text) k[id] by_code[code,amount] k positive?"},
		{"a twin beside its index", twin, "orders(id integer not null, amount integer, code text) orders_pkey[id] by_code[code,amount] twin[sku,amount] orders_pkey positive?"},
		{"a twin in its index's place", Alter{On: on, Clauses: []Change{twin, ReplaceIndex{twin}}}, "orders(id integer not null, amount integer, code text) orders_pkey[id] by_code[sku,amount] orders_pkey positive?"},
		{"drop table", DropTable{On: on}, "none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := orders()
			after := Apply(before, tc.change)
			if got := describe(after.Table(Name{Table: "orders"})); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if got, want := describe(before.Tables[0]), describe(orders().Tables[0]); got != want {
				t.Errorf("the schema before was changed: %s", got)
			}
		})
	}
}

func TestKey(t *testing.T) {
	for _, tc := range []struct {
		name  string
		table Table
		want  string
	}{
		{"primary key", *orders().Tables[0], "id"},
		{"unique instead of a float key", Table{
			Columns: []Column{{Name: "f", NotNull: true, NoKey: "is a float"}, {Name: "u", NotNull: true}},
			Indexes: []Index{{Name: "p", Primary: true, Unique: true, Columns: []string{"f"}}, {Name: "u", Unique: true, Columns: []string{"u"}}},
		}, "u"},
		{"no key", Table{Columns: []Column{{Name: "a"}}}, "!it has no primary key and no unique index over columns that are NOT NULL"},
		{"nullable unique", Table{Columns: []Column{{Name: "a"}}, Indexes: []Index{{Name: "u", Unique: true, Columns: []string{"a"}}}}, "!it has no primary key and no unique index over columns that are NOT NULL"},
		{"partial unique", Table{Columns: []Column{{Name: "a", NotNull: true}}, Indexes: []Index{{Name: "u", Unique: true, Partial: true, Columns: []string{"a"}}}}, "!it has no primary key and no unique index over columns that are NOT NULL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cols, why := tc.table.Key()
			got := "!" + why
			if why == "" {
				got = cols[0].Name
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSideName(t *testing.T) {
	for _, table := range []string{"t", "orders", strings.Repeat("x", 64), strings.Repeat("é", 32), "a" + strings.Repeat("é", 31)} {
		seen := map[string]bool{}
		for _, suffix := range []string{"new", "old", "log", "rev"} {
			name := SideName(table, suffix, 64)
			if len(name) > 64 || seen[name] || !strings.HasSuffix(name, "_sf_"+suffix) {
				t.Errorf("SideName(%q, %q) = %q", table, suffix, name)
			}
			if len(table) < 50 && name <= table {
				t.Errorf("%q sorts before its table", name)
			}
			seen[name] = true
		}
	}
	if SideName(strings.Repeat("x", 64)+"a", "new", 64) == SideName(strings.Repeat("x", 64)+"b", "new", 64) {
		t.Error("two long names share a side name")
	}
}
