package load

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const rows = 8000

// TestLoad writes, and every acknowledged write must be in the table, in the
// journal file, and in a control table built from the journal.
func TestLoad(t *testing.T) {
	eachEngine(t, func(t *testing.T, url string) {
		for _, shape := range Shapes() {
			t.Run(string(shape), func(t *testing.T) {
				db, engine := open(t, url)
				table := "live_" + string(shape)
				seed(t, db, engine, shape, table, rows)
				path := filepath.Join(t.TempDir(), "journal")
				l, report := runLoad(t, Options{
					URL: url, Table: table, Shape: shape, Rows: rows, Seed: 1, JournalPath: path,
				}, 400*time.Millisecond)
				t.Logf("\n%s", report)
				checkReport(t, report)
				verifyEmpty(t, db, l.Journal())
				replayed, err := LoadJournal(path)
				if err != nil {
					t.Fatal(err)
				}
				verifyEmpty(t, db, replayed)
				checkControl(t, url, replayed)
			})
		}
	})
}

// checkReport wants some of every kind of write and no error.
func checkReport(t *testing.T, report Report) {
	t.Helper()
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	for kind := range DefaultWeights() {
		if report.Kinds[kind].Count == 0 {
			t.Errorf("no write of kind %s", kind)
		}
	}
}

// checkControl builds the control table and finds it equal, and different after
// one of its values and its definition were changed.
func checkControl(t *testing.T, url string, j *Journal) {
	t.Helper()
	db, engine := open(t, url)
	control := "control_" + string(j.Shape)
	if err := j.Control(t.Context(), db, control); err != nil {
		t.Fatal(err)
	}
	compare := func() Comparison {
		c, err := CompareTables(t.Context(), db, engine, j.Table, control, j.Shape.KeyColumns())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	definition := func(table string) string {
		text, err := Definition(t.Context(), db, engine, table)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if c := compare(); !c.Equal() {
		t.Errorf("control table differs: %s", c)
	}
	if live, other := definition(j.Table), definition(control); live != other {
		t.Errorf("definitions differ:\n%s\n%s", live, other)
	}
	for _, statement := range []string{
		"UPDATE " + control + " SET note = 'TRAILING' WHERE ref = (SELECT * FROM (SELECT min(ref) FROM " + control + ") m)",
		"DELETE FROM " + control + " WHERE ref = (SELECT * FROM (SELECT max(ref) FROM " + control + ") m)",
		"ALTER TABLE " + control + " ADD COLUMN more int",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(statement, "ALTER") {
			continue
		}
		if definition(j.Table) == definition(control) {
			t.Error("a new column does not show in the definition")
		}
		if _, err := db.ExecContext(t.Context(), "ALTER TABLE "+control+" DROP COLUMN more"); err != nil {
			t.Fatal(err)
		}
	}
	if c := compare(); c.OnlyA != 1 || c.OnlyB != 0 || c.Differ != 1 || len(c.Sample) != 2 {
		t.Errorf("one row missing and one changed in the control table, found: %s", c)
	}
}

// TestContinue stops a load and goes on with its journal in a second one.
func TestContinue(t *testing.T) {
	eachEngine(t, func(t *testing.T, url string) {
		db, engine := open(t, url)
		seed(t, db, engine, Text, "live", rows)
		opts := Options{
			URL: url, Table: "live", Shape: Text, Rows: rows, JournalPath: filepath.Join(t.TempDir(), "journal"), Writers: 5,
		}
		first, _ := runLoad(t, opts, 200*time.Millisecond)
		opts.Writers, opts.Seed = 8, 2
		second, report := runLoad(t, opts, 200*time.Millisecond)
		if err := report.Err(); err != nil {
			t.Error(err)
		}
		if second.Journal().Touched() <= first.Journal().Touched() {
			t.Error("the second load did not go on from the first")
		}
		verifyEmpty(t, db, second.Journal())
	})
}

// TestStartNeedsTheTable wants a plain error, not writers that fail for ever.
func TestStartNeedsTheTable(t *testing.T) {
	if _, err := Start(t.Context(), Options{URL: sqliteURL(t), Table: "absent", Shape: Int}); err == nil {
		t.Error("a load started on a table that is not there")
	}
}

// TestEmptyTable writes to a table that was seeded with no rows.
func TestEmptyTable(t *testing.T) {
	url := sqliteURL(t)
	db, engine := open(t, url)
	for _, shape := range Shapes() {
		table := "empty_" + string(shape)
		seed(t, db, engine, shape, table, 0)
		l, report := runLoad(t, Options{URL: url, Table: table, Shape: shape}, 200*time.Millisecond)
		checkReport(t, report)
		verifyEmpty(t, db, l.Journal())
	}
}
