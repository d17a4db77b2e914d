package sqlite

import (
	"strings"
	"testing"

	"surefoot/schema"
)

// What SQLite refuses because of a view over a view is refused when it is read: nothing else asks it, where a copy makes
// the change.
func TestParseKnowsViewsOverViews(t *testing.T) {
	d, _ := sample(t)
	s, err := d.Schema("CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT a FROM v")
	if err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		"ALTER TABLE t RENAME COLUMN a TO b":       "error in view w after rename: no such column: a",
		"ALTER TABLE t DROP COLUMN a":              "error in view w after drop column: no such column: a",
		"DROP VIEW w; ALTER TABLE t DROP COLUMN a": "",
	} {
		_, err := d.Parse("", change, s)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, not %q", change, err, want)
		}
	}
}

// A view and a trigger that a file makes and takes away are known to what comes behind.
func TestNamingIsKnownToWhatFollows(t *testing.T) {
	d, _ := sample(t)
	s, err := d.Schema("CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TABLE o (n int); CREATE VIEW gone AS SELECT a FROM t")
	if err != nil {
		t.Fatal(err)
	}
	statements, err := d.Parse("", "DROP VIEW gone; CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT * FROM v;"+
		" CREATE TRIGGER r AFTER INSERT ON o BEGIN DELETE FROM w; END", s)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range statements {
		s = schema.Apply(s, st.Changes[0])
	}
	extra := s.Tables[0].Extra
	for key, there := range map[string]bool{extraView + "gone": false, extraView + "v": true, extraView + "w": true, extraTrigger + "r": true} {
		if (extra[key] != "") != there {
			t.Errorf("%s is %q", key, extra[key])
		}
	}
}

// The text of an index stays as it was written, as SQLite itself keeps it.
func TestIndexKeepsItsText(t *testing.T) {
	d, s := sample(t)
	statements, err := d.Parse("", `create  unique index IF NOT EXISTS main."odd ""name"  ON [orders]  ( amount /* x */ ) WHERE amount>3`, s)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := d.Script(statements[0].Changes[0], s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := steps[0].SQL[0], `CREATE UNIQUE INDEX "odd ""name"  ON [orders]  ( amount /* x */ ) WHERE amount>3`; got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
}

// Ids at both ends of what a whole number holds are further apart than one holds.
func TestSizesOfATableFromEndToEnd(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, b blob)",
		"INSERT INTO t VALUES (-9223372036854775808, zeroblob(3000000)), (9223372036854775807, zeroblob(3000000))")
	if rows := inspected(t, db).Tables[0].Stats.Rows; rows == nil || *rows < 2 {
		t.Errorf("rows: %v", rows)
	}
}
