package load

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"surefoot/conform/servers"
)

// TestServerKilled kills the server twice while it is written to. What was
// acknowledged must be there, and what was not must be there whole or not at all.
func TestServerKilled(t *testing.T) {
	for _, engine := range networked {
		versions := servers.Versions(engine)
		t.Run(engine, func(t *testing.T) {
			server := servers.Start(t, engine, versions[len(versions)-1])
			url := server.Database(t)
			db, _ := open(t, url)
			seed(t, db, engine, Int, "live", 5000)
			l, err := Start(t.Context(), Options{
				URL: url, Table: "live", Shape: Int, Rows: 5000, TolerateDisconnects: true,
				JournalPath: filepath.Join(t.TempDir(), "journal"),
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				writesAgain(t, l)
				server.Kill()
				time.Sleep(100 * time.Millisecond)
				server.Restart()
			}
			writesAgain(t, l)
			report := stop(t, l)
			t.Logf("\n%s", report)
			if err := report.Err(); err != nil {
				t.Error(err)
			}
			if report.Lost == 0 || report.Unknown == 0 {
				t.Error("no writer noticed that the server was killed")
			}
			verifyEmpty(t, db, l.Journal())
		})
	}
}

// writesAgain waits until a few hundred more writes were acknowledged.
func writesAgain(t *testing.T, l *Load) {
	t.Helper()
	enough := l.Snapshot().Ops + 300
	for deadline := time.Now().Add(20 * time.Second); l.Snapshot().Ops < enough; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("writers do not recover:\n%s", l.Snapshot())
		}
	}
}

// TestServerStaysDown stops a load whose server is gone: what has no outcome
// stays pending and is decided by Verify when the server is back.
func TestServerStaysDown(t *testing.T) {
	server := servers.Start(t, Postgres, "18")
	url := server.Database(t)
	db, _ := open(t, url)
	seed(t, db, Postgres, UUID, "live", 5000)
	l, err := Start(t.Context(), Options{
		URL: url, Table: "live", Shape: UUID, Rows: 5000, TolerateDisconnects: true, StopTimeout: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	server.Kill()
	report := stop(t, l)
	if report.Pending == 0 {
		t.Error("no write is pending although the server was killed")
	}
	server.Restart()
	verifyEmpty(t, db, l.Journal())
	if l.Journal().Pending() != 0 {
		t.Error("Verify left writes pending")
	}
}

// TestGeneratorKilled kills the process that writes. Its journal, cut wherever
// it was, must explain the table, and a second load must be able to go on.
func TestGeneratorKilled(t *testing.T) {
	if url := os.Getenv("LOAD_TEST_CHILD"); url != "" {
		child(t, url)
	}
	eachEngine(t, func(t *testing.T, url string) {
		db, engine := open(t, url)
		seed(t, db, engine, Int, "live", 5000)
		path := filepath.Join(t.TempDir(), "journal")
		command := exec.Command(os.Args[0], "-test.run=^TestGeneratorKilled$")
		command.Env = append(os.Environ(), "LOAD_TEST_CHILD="+url, "LOAD_TEST_JOURNAL="+path)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if info, err := os.Stat(path); err == nil && info.Size() > 5_000 {
				break // it is in the middle of writing
			}
		}
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // says that it was killed
		time.Sleep(200 * time.Millisecond)
		j, err := LoadJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		if j.Touched() == 0 {
			t.Fatal("the child wrote nothing")
		}
		t.Logf("touched %d keys, %d writes pending", j.Touched(), j.Pending())
		verifyEmpty(t, db, j)
		l, report := runLoad(t, childOptions(url, path), 200*time.Millisecond)
		if err := report.Err(); err != nil {
			t.Error(err)
		}
		verifyEmpty(t, db, l.Journal())
	})
}

func childOptions(url, path string) Options {
	return Options{URL: url, Table: "live", Shape: Int, Rows: 5000, JournalPath: path}
}

// child writes until it is killed.
func child(t *testing.T, url string) {
	if _, err := Start(t.Context(), childOptions(url, os.Getenv("LOAD_TEST_JOURNAL"))); err != nil {
		t.Fatal(err)
	}
	select {}
}
