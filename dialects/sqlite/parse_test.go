package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/schema"
)

const sampleSchema = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key
  customer int REFERENCES customers(id),
  amount int DEFAULT 0, /* in cents */
  code varchar(50) COLLATE NOCASE NOT NULL,
  CONSTRAINT positive CHECK (amount >= 0)
);
CREATE INDEX orders_amount ON orders (amount);
CREATE UNIQUE INDEX orders_code ON orders (code) WHERE code <> '';
CREATE TRIGGER orders_stamp AFTER INSERT ON orders BEGIN UPDATE customers SET name = name; SELECT CASE WHEN 1 THEN 2 END; END;
CREATE VIEW big AS SELECT * FROM orders WHERE amount > 100;
`

func sample(t *testing.T) (*Dialect, *schema.Schema) {
	t.Helper()
	d, err := New("3.50.0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Schema(sampleSchema)
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

// say writes a change on a line.
func say(c schema.Change) string {
	switch c := c.(type) {
	case schema.AddColumn:
		return "add " + c.Column.Name + " " + c.Column.Definition
	case schema.ChangeType:
		return strings.TrimSpace(fmt.Sprintf("type %s %s %s %s", c.Column, c.Type, c.Collation, c.Using))
	case schema.DropColumn:
		return "drop " + c.Column
	case schema.RenameColumn:
		return "rename " + c.From + " to " + c.To
	case schema.SetNotNull:
		return "not null " + c.Column
	case schema.DropNotNull:
		return "null " + c.Column
	case schema.SetDefault:
		return "default " + c.Column + " " + c.Expr
	case schema.DropDefault:
		return "no default " + c.Column
	case schema.AddConstraint:
		return strings.TrimSpace("constraint " + c.Constraint.Name + " " + c.Constraint.Definition)
	case schema.DropConstraint:
		return "no constraint " + c.Constraint
	case schema.CreateIndex:
		return "index " + c.Index.Name + " " + c.Text
	case schema.DropIndex:
		return "no index " + c.Index
	case schema.RenameTable:
		return "rename table to " + c.To
	}
	return c.Kind()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"ALTER TABLE orders ADD COLUMN note text", "add note text"},
		{"ALTER TABLE orders ADD note text DEFAULT ('a' || ';')", "add note text DEFAULT ('a' || ';')"},
		{"alter table main.orders alter column amount set data type bigint", "type amount bigint"},
		{"ALTER TABLE orders ALTER amount TYPE text USING amount || ','", "type amount text  amount || ','"},
		{"ALTER TABLE orders ALTER amount TYPE numeric(10, 2), ALTER amount SET NOT NULL", "type amount numeric(10, 2)|not null amount"},
		{"ALTER TABLE orders ALTER amount DROP DEFAULT", "no default amount"},
		{"ALTER TABLE orders ALTER amount SET DEFAULT 1 + 2", "default amount 1 + 2"},
		{"ALTER TABLE orders ADD CONSTRAINT c CHECK (amount < 10)", "constraint c CHECK (amount < 10)"},
		{"ALTER TABLE orders ADD UNIQUE (amount, code)", "constraint  UNIQUE (amount, code)"},
		{"ALTER TABLE orders DROP CONSTRAINT positive", "no constraint positive"},
		{"ALTER TABLE orders RENAME COLUMN amount TO cents; ALTER TABLE orders DROP COLUMN customer", "rename amount to cents|drop customer"},
		{"ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases ADD x", "rename table to purchases|add x "},
		{"CREATE INDEX i ON orders (amount, lower(code)) WHERE amount > 1", "index i (amount, lower(code)) WHERE amount > 1"},
		{"DROP INDEX orders_amount;;", "no index orders_amount"},
		{"DROP TABLE customers", "drop-table"},
		{"CREATE TABLE t (a int); -- end", "create-table"},
		{"UPDATE orders SET amount = 1", "verbatim"},
		{"PRAGMA foreign_keys = OFF; BEGIN; SELECT ';'; COMMIT", ""},
		{"CREATE TRIGGER x AFTER DELETE ON orders BEGIN SELECT 1; SELECT 2; END; DROP VIEW big", "verbatim|verbatim"},
	} {
		d, s := sample(t)
		stmts, err := d.Parse("f.sql", tt.sql, s)
		if err != nil {
			t.Errorf("%s: %v", tt.sql, err)
			continue
		}
		var got []string
		for _, st := range stmts {
			for _, c := range st.Changes {
				got = append(got, say(c))
			}
		}
		if g := strings.Join(got, "|"); g != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.sql, g, tt.want)
		}
	}
}

func TestParsePlacesErrors(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"SELECT 1;\n  ALTER TABL orders", "f.sql:2:9: cannot read the SQL: near \"TABL\": syntax error"},
		{"ALTER TABLE orders ALTER amount TYPE", "f.sql:1:33: cannot read the SQL: near \"TYPE\": syntax error"},
		{"CREATE TABLE x (a int,\n a2 int, )", "f.sql:2:10: cannot read the SQL: near \")\": syntax error"},
		{"CREATE TABLE x (a int", "f.sql:1:22: cannot read the SQL: incomplete input"},
		{"ALTER TABLE orders ADD COLUMN x int CHECK (x >)", "f.sql:1:47: cannot read the SQL: near \")\": syntax error"},
		{"FROB", "f.sql:1:1: cannot read the SQL: near \"FROB\": syntax error"},
		{"ALTER TABLE orders FROB x", "f.sql:1:20: cannot read the SQL: near \"FROB\": syntax error"},
		{"SELECT 'abc", "f.sql:1:8: cannot read the SQL: unrecognized token: \"'abc\""},
		{"ALTER TABLE orders DROP COLUMN code", "f.sql:1:1: error in index orders_code after drop column: no such column: code"},
	} {
		d, s := sample(t)
		_, err := d.Parse("f.sql", tt.sql, s)
		var refusal *schema.Refusal
		var syntax *schema.SyntaxError
		if !errors.As(err, &refusal) && !errors.As(err, &syntax) {
			t.Errorf("%s: error %v is of no kind that has a place", tt.sql, err)
			continue
		}
		if err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %v", tt.sql, err, tt.want)
		}
	}
}

// A migration that rebuilds a table as SQLite's manual describes is the change that it makes.
func TestParseRebuild(t *testing.T) {
	d, s := sample(t)
	stmts, err := d.Parse("f.sql", `PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
BEGIN;
CREATE TABLE new_orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer int REFERENCES customers(id),
  amount text NOT NULL,
  label varchar(50) COLLATE NOCASE NOT NULL,
  extra int
);
INSERT INTO new_orders (id, customer, amount, label) SELECT id, customer, coalesce(amount, 0) || ' cents', code FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE UNIQUE INDEX orders_code ON orders (label) WHERE label <> '';
CREATE TRIGGER orders_stamp AFTER INSERT ON orders BEGIN UPDATE customers SET name = name; SELECT CASE WHEN 1 THEN 2 END; END;
COMMIT;`, s)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, st := range stmts {
		for _, c := range st.Changes {
			got = append(got, fmt.Sprintf("%d %s", st.Line, say(c)))
		}
	}
	want := []string{
		"11 no index orders_amount", "12 rename code to label", "12 no constraint positive", "12 no default amount", "12 type amount text  coalesce(amount, 0) || ' cents'", "12 not null amount",
		"12 add extra ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestEditKeepsTheRest(t *testing.T) {
	on := schema.On{Name: schema.Name{Table: "t"}}
	for _, tt := range []struct {
		sql    string
		change schema.Change
		want   string
	}{
		{"CREATE TABLE t (a int, -- first\n  b text -- last\n)", schema.ChangeType{On: on, Column: "B", Type: "int"}, "CREATE TABLE t (a int, -- first\n  b int -- last\n)"},
		{"CREATE TABLE t (a, b)", schema.ChangeType{On: on, Column: "a", Type: "varchar(3)"}, "CREATE TABLE t (a varchar(3), b)"},
		{"CREATE TABLE t (a int, -- c, d\n CHECK (a > 0)\n)", schema.AddColumn{On: on, Column: schema.Column{Name: "b", Definition: "int"}}, "CREATE TABLE t (a int, b int, -- c, d\n CHECK (a > 0)\n)"},
		{"CREATE TABLE t (a int -- c\n)", schema.SetNotNull{On: on, Column: "a"}, "CREATE TABLE t (a int NOT NULL -- c\n)"},
		{"CREATE TABLE t (a int NOT NULL DEFAULT (1, 2) CHECK (a not null))", schema.DropNotNull{On: on, Column: "a"}, "CREATE TABLE t (a int DEFAULT (1, 2) CHECK (a not null))"},
		{"CREATE TABLE t (a int CONSTRAINT nn NOT NULL ON CONFLICT ABORT, b)", schema.DropNotNull{On: on, Column: "a"}, "CREATE TABLE t (a int, b)"},
		{"CREATE TABLE t (a int DEFAULT -1, b)", schema.SetDefault{On: on, Column: "a", Expr: "1+1"}, "CREATE TABLE t (a int DEFAULT (1+1), b)"},
		{"CREATE TABLE t (a int DEFAULT -1 NOT NULL)", schema.DropDefault{On: on, Column: "a"}, "CREATE TABLE t (a int NOT NULL)"},
		{"CREATE TABLE t (a int, CONSTRAINT c UNIQUE (a), CHECK (a))", schema.DropConstraint{On: on, Constraint: "C"}, "CREATE TABLE t (a int, CHECK (a))"},
		{"CREATE TABLE t (a int CHECK (a > 1))", schema.DropConstraint{On: on, Constraint: "CHECK (a > 1)"}, "CREATE TABLE t (a int)"},
		{"CREATE TABLE t (a int REFERENCES p ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT NULL)", schema.DropNotNull{On: on, Column: "a"}, "CREATE TABLE t (a int REFERENCES p ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)"},
		{"CREATE TABLE t (a int) STRICT", schema.AddConstraint{On: on, Constraint: schema.Constraint{Name: "c", Kind: schema.Check, Columns: []string{"a"}, NotNull: true, NotValid: true}}, "CREATE TABLE t (a int, CONSTRAINT c CHECK (a IS NOT NULL) " + unchecked + ") STRICT"},
		{"CREATE TABLE t (a int, CONSTRAINT c CHECK (a IS NOT NULL) " + unchecked + ")", schema.ValidateConstraint{On: on, Constraint: schema.Constraint{Name: "c"}}, "CREATE TABLE t (a int, CONSTRAINT c CHECK (a IS NOT NULL))"},
		{"CREATE TABLE t (a int, CONSTRAINT c CHECK (a IS NOT NULL) " + unchecked + ")", schema.DropConstraint{On: on, Constraint: "c"}, "CREATE TABLE t (a int)"},
		{"CREATE TABLE t (a int COLLATE NOCASE)", schema.ChangeType{On: on, Column: "a", Type: "text", Collation: "RTRIM"}, "CREATE TABLE t (a text COLLATE RTRIM)"},
	} {
		got, err := edit(tt.sql, tt.change)
		if err != nil || got != tt.want {
			t.Errorf("%s: %v\n got %s\nwant %s", tt.sql, err, got, tt.want)
		}
	}
	def, err := parseTable("CREATE TABLE t (a int REFERENCES p (id) ON UPDATE CASCADE, b, -- x\n CONSTRAINT f FOREIGN KEY (b) REFERENCES q MATCH FULL, UNIQUE (b))")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := def.withoutForeignKeys(); err != nil || got != "CREATE TABLE t (a int, b, UNIQUE (b))" {
		t.Errorf("without foreign keys: %s %v", got, err)
	}
}
