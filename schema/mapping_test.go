package schema

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is one row of a table, and what its columns are filled with when they are new. A value is
// the text of how it came to be, so that two histories are equal only if they are the same.
type model struct {
	row, defaults map[string]string
}

func (m model) clone() model { return model{maps.Clone(m.row), maps.Clone(m.defaults)} }

// native runs one statement: its clauses see the columns by the names that they had before.
func (m model) native(clauses []Change) model {
	was, now := m, model{row: map[string]string{}, defaults: map[string]string{}}
	name, value, byDefault := map[string]string{}, maps.Clone(was.row), maps.Clone(was.defaults)
	for col := range was.row {
		name[col] = col
	}
	for _, c := range clauses {
		switch c := c.(type) {
		case DropColumn:
			delete(name, c.Column)
		case RenameColumn:
			name[c.From] = c.To
		case ChangeType:
			value[c.Column] = c.Type + "(" + value[c.Column] + ")"
		case SetDefault:
			byDefault[c.Column] = c.Expr
		case DropDefault:
			byDefault[c.Column] = "NULL"
		}
	}
	for col, to := range name {
		now.row[to], now.defaults[to] = value[col], byDefault[col]
	}
	for _, c := range clauses {
		if add, ok := c.(AddColumn); ok {
			expr := add.Column.Default
			if expr == "" {
				expr = "NULL"
			}
			now.row[add.Column.Name], now.defaults[add.Column.Name] = expr, expr
		}
	}
	return now
}

// copied fills a copy's columns by its mapping.
func (m model) copied(cp *Copy, after model) model {
	out := model{row: map[string]string{}, defaults: after.defaults}
	for _, c := range cp.Columns {
		switch {
		case c.From == "" && c.Using != "":
			out.row[c.To] = c.Using
		case c.From == "":
			out.row[c.To] = after.defaults[c.To]
		case c.Type != "":
			out.row[c.To] = c.Type + "(" + m.row[c.From] + ")"
		default:
			out.row[c.To] = m.row[c.From]
		}
	}
	return out
}

// statement draws a statement that a server would take. Each column is met once, but that a column
// may go and come again and that two may exchange their names.
func statement(t *rapid.T, m model) []Change {
	names := []string{"a", "b", "c", "d", "e"}
	free := map[string]bool{}
	for _, n := range names {
		free[n] = m.row[n] == ""
	}
	var out []Change
	for _, col := range slices.Sorted(maps.Keys(m.row)) {
		if col == "id" {
			continue
		}
		switch rapid.IntRange(0, 9).Draw(t, col) {
		case 0:
			out = append(out, DropColumn{Column: col, Deployed: true})
			free[col] = true
		case 1:
			out = append(out, ChangeType{Column: col, Type: rapid.SampledFrom([]string{"tiny", "int", "text"}).Draw(t, "type")})
		case 2:
			out = append(out, SetDefault{Column: col, Expr: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "expr")})
		case 3:
			out = append(out, DropDefault{Column: col})
		case 4:
			if to := another(t, names, free, col); to != "" {
				out = append(out, RenameColumn{From: col, To: to})
				free[col], free[to] = true, false
			}
		}
	}
	for _, n := range names {
		if free[n] && rapid.IntRange(0, 3).Draw(t, "add "+n) == 0 {
			out = append(out, AddColumn{Column: Column{Name: n, Default: rapid.SampledFrom([]string{"", "1", "'x'", "now()"}).Draw(t, "default")}})
		}
	}
	return rapid.Permutation(out).Draw(t, "order")
}

// another draws a name that no column has.
func another(t *rapid.T, names []string, free map[string]bool, col string) string {
	for _, to := range rapid.Permutation(names).Draw(t, "to") {
		if free[to] && to != col {
			return to
		}
	}
	return ""
}

// The meaning of statements that share a copy is that of running them one after the other: where
// composes allows it, the copy's mapping gives the same rows as the statements do.
func TestSharedCopyMeansOneAfterTheOther(t *testing.T) {
	shared := 0
	rapid.Check(t, func(t *rapid.T) {
		on := On{Name{Table: "t"}}
		live := &Table{
			Name: on.Name, Columns: []Column{{Name: "id", NotNull: true}, {Name: "a"}, {Name: "b"}},
			Indexes: []Index{{Name: "pk", Columns: []string{"id"}, Unique: true, Primary: true}},
		}
		native := model{row: map[string]string{"id": "id", "a": "a", "b": "b"}, defaults: map[string]string{"a": "NULL", "b": "NULL"}}
		rows := native.clone() // what the copies make
		var pending []Change
		run := func(after model) {
			cp, err := NewCopy(live, []Native{{Clauses: pending}})
			if err != nil {
				t.Skip(err)
			}
			rows = rows.copied(cp, after)
			live, _ = live.together(pending)
			if got := slices.Sorted(maps.Keys(rows.row)); !slices.Equal(got, slices.Sorted(slices.Values(columnNames(live)))) {
				t.Fatalf("the table has %v, the rows %v", columnNames(live), got)
			}
		}
		for i := range 3 {
			st := statement(t, native)
			if len(st) == 0 {
				continue
			}
			if len(pending) > 0 && !Composes(live, pending, st) {
				run(native)
				pending = nil
			} else if i > 0 && len(pending) > 0 {
				shared++
			}
			native, pending = native.native(st), append(pending, st...)
		}
		if len(pending) > 0 {
			run(native)
		}
		if !maps.Equal(rows.row, native.row) {
			t.Fatalf("one after the other %v, through copies %v", native.row, rows.row)
		}
	})
	if shared == 0 {
		t.Error("no copy was shared")
	}
}

func columnNames(t *Table) []string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out
}

func TestComposes(t *testing.T) {
	table := orders().Tables[0]
	add := func(byDefault string, notNull bool) Change {
		return AddColumn{Column: Column{Name: "d", Type: "text", Default: byDefault, NotNull: notNull}}
	}
	amount := ChangeType{Column: "amount", Type: "bigint"}
	for _, tc := range []struct {
		name           string
		earlier, later Change
		want           bool
	}{
		{"other columns", amount, ChangeType{Column: "code", Type: "varchar"}, true},
		{"there and back", amount, ChangeType{Column: "amount", Type: "text"}, false},
		{"a default after its column", add("'old'", true), SetDefault{Column: "d", Expr: "'new'"}, true},
		{"no default after its column", add("'old'", true), DropDefault{Column: "d"}, true},
		{"a default after a column that has none", add("", false), SetDefault{Column: "d", Expr: "'new'"}, true},
		{"NOT NULL without a value", add("", true), SetDefault{Column: "d", Expr: "'new'"}, false},
		{"a default of the moment", add("now()", true), SetDefault{Column: "d", Expr: "'new'"}, false},
		{"NULL before NOT NULL", add("", false), SetNotNull{Column: "d"}, false},
		{"an index over a new column", add("'x'", true), CreateIndex{Index: Index{Name: "i", Columns: []string{"d"}}}, true},
		{"an index before its column's type", CreateIndex{Index: Index{Name: "i", Columns: []string{"amount"}}}, amount, true},
		{"an expression over the column", amount, CreateIndex{Index: Index{Name: "i", Columns: []string{""}}, Text: "(abs(amount))"}, false},
		{"an expression over another", amount, CreateIndex{Index: Index{Name: "i", Columns: []string{""}}, Text: "(lower(code))"}, true},
		{"an expression that nobody knows", amount, CreateIndex{Index: Index{Name: "i", Columns: []string{""}}}, false},
		{"USING the column", amount, ChangeType{Column: "code", Type: "int", Using: "amount"}, false},
		{"a check of the column", AddConstraint{Constraint: Constraint{Name: "k", Kind: Check, Expr: "AMOUNT > 0"}}, amount, false},
		{"a check of the row", AddConstraint{Constraint: Constraint{Name: "k", Kind: Check, Expr: "f(orders)"}}, amount, false},
		{"drop and add", DropColumn{Column: "code", Deployed: true}, AddColumn{Column: Column{Name: "code"}}, false},
		{"places", AddColumn{Column: Column{Name: "x"}, Position: "FIRST"}, AddColumn{Column: Column{Name: "y"}, Position: "FIRST"}, false},
		{"a name that changed", RenameColumn{From: "code", To: "sku"}, SetDefault{Column: "sku", Expr: "''"}, false},
		{"what nobody read", amount, Verbatim{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Composes(table, []Change{tc.earlier}, []Change{tc.later}); got != tc.want {
				t.Errorf("composes = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestClausesSeeTheTableAsItWas(t *testing.T) {
	table := orders().Tables[0]
	for _, tc := range []struct {
		name    string
		clauses []Change
		want    string
		from    string
	}{
		{
			"exchanged names",
			[]Change{RenameColumn{From: "code", To: "amount"}, RenameColumn{From: "amount", To: "code"}},
			"orders(id integer not null, code integer, amount text) orders_pkey[id] by_code[amount,code] orders_pkey positive?", "map[amount:code code:amount id:id]",
		},
		{
			"added before it is dropped",
			[]Change{AddColumn{Column: Column{Name: "code", Type: "uuid"}}, DropColumn{Column: "code"}},
			"orders(id integer not null, amount integer, code uuid) orders_pkey[id] orders_pkey positive?", "map[amount:amount id:id]",
		},
		{
			"renamed and changed",
			[]Change{RenameColumn{From: "code", To: "sku"}, ChangeType{Column: "code", Type: "uuid"}},
			"orders(id integer not null, amount integer, sku uuid) orders_pkey[id] by_code[sku,amount] orders_pkey positive?", "map[amount:amount id:id sku:code]",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			after, from := table.together(tc.clauses)
			if got := describe(after); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if got := fmt.Sprint(from); got != tc.from {
				t.Errorf("from %s, want %s", got, tc.from)
			}
		})
	}
}
