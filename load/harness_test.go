package load

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"surefoot/conform/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// networked are the engines with a server of their own. Each is tried in the
// oldest and the newest version there is.
var networked = []string{MySQL, MariaDB, Postgres}

// eachEngine runs a test on SQLite and on every server that is there.
func eachEngine(t *testing.T, test func(t *testing.T, url string)) {
	t.Run(SQLite, func(t *testing.T) { test(t, sqliteURL(t)) })
	for _, engine := range networked {
		for _, version := range ends(servers.Versions(engine)) {
			t.Run(engine+" "+version, func(t *testing.T) {
				test(t, servers.Shared(t, engine, version).Database(t))
			})
		}
	}
}

// ends is the first and the last of a list.
func ends(list []string) []string {
	if len(list) > 2 {
		return []string{list[0], list[len(list)-1]}
	}
	return list
}

func open(t *testing.T, url string) (*sql.DB, string) {
	t.Helper()
	db, engine, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, engine
}

func seed(t *testing.T, db *sql.DB, engine string, shape Shape, table string, rows int64) {
	t.Helper()
	if err := Seed(t.Context(), db, engine, shape, table, rows); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, db *sql.DB, j *Journal) Diff {
	t.Helper()
	diff, err := j.Verify(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return diff
}

func verifyEmpty(t *testing.T, db *sql.DB, j *Journal) {
	t.Helper()
	if diff := verify(t, db, j); !diff.Empty() {
		t.Errorf("table differs from what was acknowledged: %s", diff)
	}
}

// runLoad writes for a while and stops.
func runLoad(t *testing.T, opts Options, length time.Duration) (*Load, Report) {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	l, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(length)
	report := stop(t, l)
	goleak.VerifyNone(t, leaks)
	return l, report
}

func stop(t *testing.T, l *Load) Report {
	t.Helper()
	report, err := l.Stop()
	if err != nil {
		t.Fatal(err)
	}
	return report
}
