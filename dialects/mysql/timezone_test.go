package mysql

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
)

// TestTimeZone makes the same changes by the server's own statement and by a plan, in sessions as an
// application has them, and compares rows and definition: each on its own table, once as it is
// planned and once through a copy.
func TestTimeZone(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		summerTime(t, admin.pool)
		for _, zone := range []string{"+03:00", "-09:30", "SYSTEM", "Test/Summer"} {
			t.Run(zone, func(t *testing.T) {
				execute(t, admin, "SET GLOBAL time_zone = "+literal(zone))
				defer execute(t, admin, "SET GLOBAL time_zone = 'SYSTEM'")
				zoned(t, url)
			})
		}
	})
}

// TestTimeZoneOfProcess does so where only the server's process knows the zone.
func TestTimeZoneOfProcess(t *testing.T) {
	for _, on := range []struct {
		engine, version, zone string
		want                  timeZone
	}{
		{"mysql", "9.7", "Asia/Kolkata", timeZone{name: "+05:30"}},
		{"mariadb", "11.8", "Europe/Dublin", timeZone{name: "SYSTEM", shifts: true}},
	} {
		t.Run(on.zone, func(t *testing.T) {
			t.Setenv("TZ", on.zone)
			url := servers.Start(t, on.engine, on.version).Database(t)
			if db := openTest(t, url); db.zone != on.want {
				t.Errorf("the zone is %+v", db.zone)
			}
			zoned(t, url)
		})
	}
}

// TestNoSuchTime: a time that summer time leaves out cannot become a TIMESTAMP, natively or through a
// copy; and a key that has one hour twice is not walked.
func TestNoSuchTime(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		summerTime(t, admin.pool)
		execute(t, admin, "SET GLOBAL time_zone = 'Test/Summer'")
		defer execute(t, admin, "SET GLOBAL time_zone = 'SYSTEM'")
		execute(t, admin, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, d DATETIME NULL)", "INSERT INTO t VALUES (1, '2020-03-29 02:30:00')",
			"CREATE TABLE k (ts TIMESTAMP NOT NULL PRIMARY KEY, v INT)")
		db := openTest(t, url)
		p := planFor(t, db, "ALTER TABLE t MODIFY d TIMESTAMP NULL")
		if out, err := executor.Run(t.Context(), db, p, executor.Options{Finish: true}); err == nil || db.Fault(err) != plan.BadValue {
			t.Errorf("%+v %v", out, err)
		}
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stmts, err := db.Parse("", "ALTER TABLE k MODIFY v BIGINT", s)
		if err != nil {
			t.Fatal(err)
		}
		_, err = planner.Build(stmts, s, forced{db.Dialect}, planner.Options{})
		if err == nil || !strings.Contains(err.Error(), "an hour comes twice") {
			t.Error(err)
		}
	})
}

// summerTime makes a zone of one hour that has summer time in the year 2020, from March 29 to October 25.
func summerTime(t *testing.T, pool *sql.DB) {
	t.Helper()
	for _, q := range []string{
		"DELETE FROM mysql.time_zone_name WHERE Name = 'Test/Summer'",
		"REPLACE INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (900, 'N')",
		"INSERT INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('Test/Summer', 900)",
		"REPLACE INTO mysql.time_zone_transition_type VALUES (900, 0, 3600, 0, 'TST'), (900, 1, 7200, 1, 'TSST')",
		"REPLACE INTO mysql.time_zone_transition VALUES (900, -2147483647, 0), (900, 1585443600, 1), (900, 1603587600, 0)",
	} {
		if _, err := pool.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
}

var zonedChanges = []string{
	`MODIFY d TIMESTAMP NULL, MODIFY ts DATETIME NULL, MODIFY ts2 VARCHAR(40), MODIFY ts3 TIMESTAMP(3) NULL, MODIFY s TIMESTAMP NULL,
	MODIFY n0 TIMESTAMP NOT NULL DEFAULT '2020-06-02 12:00:00', ADD COLUMN a TIMESTAMP NOT NULL DEFAULT '2020-06-01 12:00:00',
	ADD COLUMN b DATETIME NOT NULL DEFAULT '2020-06-01 12:00:00', ADD COLUMN c DATETIME NULL DEFAULT CURRENT_TIMESTAMP`,
	"MODIFY v BIGINT",
	"ALTER COLUMN n0 SET DEFAULT '2020-12-24 18:00:00'",
}

func zoned(t *testing.T, url string) {
	raw := openRaw(t, url)
	for i, change := range zonedChanges {
		for _, copied := range []bool{false, true} {
			for _, table := range []string{"native", "ours"} {
				zonedTable(t, raw, table)
			}
			mustExec(t, raw, "ALTER TABLE native "+change)
			p := zonedPlan(t, openTest(t, url), "ALTER TABLE ours "+change, copied)
			if copied && i < 2 && !hasWalk(p) {
				t.Errorf("%s: nothing was copied", change)
			}
			elsewhere := openTest(t, url) // another machine, on another day
			elsewhere.UseTimeZone("+11:00")
			out, err := executor.Run(t.Context(), elsewhere, p, executor.Options{ID: fmt.Sprint("zone", i, copied), Finish: true})
			if err != nil || out.State != executor.Finished {
				t.Fatalf("%s: %+v %v", change, out, err)
			}
			if want, got := content(t, raw, "native"), content(t, raw, "ours"); want != got {
				t.Errorf("%s, copied: %v\nnative: %s\nours: %s", change, copied, want, got)
			}
		}
	}
	mustExec(t, raw, "DROP TABLE native, ours, _surefoot_run, _surefoot_step")
}

func zonedTable(t *testing.T, raw *sql.DB, table string) {
	t.Helper()
	for _, q := range []string{
		"DROP TABLE IF EXISTS " + table,
		"CREATE TABLE " + table + ` (id INT NOT NULL PRIMARY KEY, d DATETIME NULL, ts TIMESTAMP NULL, ts2 TIMESTAMP NULL, ts3 TIMESTAMP NULL,
			s VARCHAR(30) NULL, v INT NULL, n0 TIMESTAMP NOT NULL DEFAULT '2020-01-01 12:00:00')`,
		"INSERT INTO " + table + ` (id, d, s, v) VALUES (1, '2020-07-01 12:00:00', '2020-07-01 12:00:00', 1), (2, '2020-01-01 12:00:00', '2020-10-25 02:30:00', 2)`,
		"INSERT INTO " + table + " (id, n0) VALUES (3, '2037-07-01 00:00:00'), (4, '1970-01-02 00:00:00')",
		"SET time_zone = '+00:00'",
		// Of the two hours that are one by the clock MySQL's own statement makes one, so none of them is here.
		"UPDATE " + table + " SET ts = '2020-10-24 22:30:00' WHERE id = 2",
		"UPDATE " + table + " SET ts = '2020-03-29 01:30:00' WHERE id = 1",
		"UPDATE " + table + " SET ts2 = ts, ts3 = ts",
		"SET time_zone = DEFAULT",
	} {
		mustExec(t, raw, q)
	}
}

func zonedPlan(t *testing.T, db *Database, change string, copied bool) *plan.Plan {
	t.Helper()
	var d planner.Dialect = db
	if copied {
		d = forced{db.Dialect}
	}
	p := build(t, db, d, change)
	if p.TimeZone != db.zone.name || p.TimeZone == "" {
		t.Errorf("the plan has the zone %q", p.TimeZone)
	}
	return p
}

func hasWalk(p *plan.Plan) bool {
	for _, s := range p.Steps {
		if s.Walk != nil {
			return true
		}
	}
	return false
}

// openRaw gives a session that nobody set up.
func openRaw(t *testing.T, url string) *sql.DB {
	t.Helper()
	config, err := readURL(url)
	if err != nil {
		t.Fatal(err)
	}
	pool := newPool(&connector{config: config})
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { pool.Close() })
	return pool
}

func mustExec(t *testing.T, pool *sql.DB, q string) {
	t.Helper()
	if _, err := pool.Exec(q); err != nil {
		t.Fatal(q, err)
	}
}

// content gives a table's definition and rows, in the session's zone and in UTC. What CURRENT_TIMESTAMP
// gave is compared by the hour.
func content(t *testing.T, pool *sql.DB, table string) string {
	t.Helper()
	var b strings.Builder
	for _, zone := range []string{"DEFAULT", "'+00:00'"} {
		mustExec(t, pool, "SET time_zone = "+zone)
		var name, definition string
		if err := pool.QueryRow("SHOW CREATE TABLE "+table).Scan(&name, &definition); err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.ReplaceAll(definition, table, "t") + "\n")
		b.WriteString(rowsOf(t, pool, table))
	}
	mustExec(t, pool, "SET time_zone = DEFAULT")
	return b.String()
}

func rowsOf(t *testing.T, pool *sql.DB, table string) string {
	t.Helper()
	rows, err := pool.Query("SELECT * FROM " + table + " ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values, to := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range to {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if columns[i] == "c" && len(v.String) > 13 {
				v.String = v.String[:13]
			}
			fmt.Fprint(&b, v, " ")
		}
		b.WriteString("\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
