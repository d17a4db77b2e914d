package load

import (
	"database/sql"
	"testing"
	"time"
)

// TestTableChangesUnderLoad changes the type of amount while writers run, the
// plain blocking way: writers wait and see no error, nothing is lost, and the
// table equals the control table after the same change.
func TestTableChangesUnderLoad(t *testing.T) {
	eachEngine(t, func(t *testing.T, url string) {
		db, engine := open(t, url)
		seed(t, db, engine, UUID, "live", 5000)
		l, err := Start(t.Context(), Options{URL: url, Table: "live", Shape: UUID, Rows: 5000, Rate: 2000})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
		widen(t, db, engine, "live")
		if engine == Postgres {
			swap(t, db)
		}
		time.Sleep(200 * time.Millisecond)
		if err := stop(t, l).Err(); err != nil {
			t.Error(err)
		}
		verifyEmpty(t, db, l.Journal())
		if err := l.Control(t.Context(), db, "control"); err != nil {
			t.Fatal(err)
		}
		before, err := Definition(t.Context(), db, engine, "control")
		if err != nil {
			t.Fatal(err)
		}
		widen(t, db, engine, "control")
		sameAs(t, db, engine, before)
	})
}

// sameAs compares live with control, whose definition was another one before.
func sameAs(t *testing.T, db *sql.DB, engine, before string) {
	t.Helper()
	live, err := Definition(t.Context(), db, engine, "live")
	if err != nil {
		t.Fatal(err)
	}
	control, err := Definition(t.Context(), db, engine, "control")
	if err != nil {
		t.Fatal(err)
	}
	if live != control || live == before {
		t.Errorf("definitions: live\n%s\ncontrol\n%s\nbefore\n%s", live, control, before)
	}
	c, err := CompareTables(t.Context(), db, engine, "live", "control", UUID.KeyColumns())
	if err != nil {
		t.Fatal(err)
	}
	if !c.Equal() {
		t.Errorf("live and control: %s", c)
	}
}

// widen makes amount a bigint. SQLite has no statement for it.
func widen(t *testing.T, db *sql.DB, engine, table string) {
	t.Helper()
	switch {
	case isMySQL(engine):
		inTransaction(t, db, "ALTER TABLE "+table+" MODIFY amount BIGINT NULL COMMENT 'amount in units'")
	case engine == Postgres:
		inTransaction(t, db, "ALTER TABLE "+table+" ALTER amount TYPE bigint")
	default:
		inTransaction(t, db,
			"CREATE TABLE shadow (id blob NOT NULL PRIMARY KEY, ref bigint NOT NULL, amount bigint, note text, "+
				"price numeric(12,2) NOT NULL, changed_at text NOT NULL, version bigint NOT NULL)",
			"INSERT INTO shadow SELECT * FROM "+table, "DROP TABLE "+table, "ALTER TABLE shadow RENAME TO "+table,
			"CREATE UNIQUE INDEX "+table+"_ref_key ON "+table+" (ref)", "CREATE INDEX "+table+"_amount_idx ON "+table+" (amount)")
	}
}

// swap puts a copy in the place of the table under statements that are kept.
func swap(t *testing.T, db *sql.DB) {
	t.Helper()
	inTransaction(t, db, "LOCK TABLE live", "CREATE TABLE shadow (LIKE live INCLUDING ALL)", "INSERT INTO shadow SELECT * FROM live",
		"DROP TABLE live", "ALTER TABLE shadow RENAME TO live", "ALTER TABLE live RENAME CONSTRAINT shadow_pkey TO live_pkey",
		"ALTER TABLE live RENAME CONSTRAINT shadow_ref_key TO live_ref_key", "ALTER INDEX shadow_amount_idx RENAME TO live_amount_idx")
}

func inTransaction(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := execAll(t.Context(), tx, statements...); err != nil {
		t.Fatal(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
