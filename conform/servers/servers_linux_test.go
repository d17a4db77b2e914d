package servers

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	// The process that TestDiesWithItsParent starts and kills.
	if engine := os.Getenv("TESTSERVER_CHILD"); engine != "" {
		s, err := New(engine, os.Getenv("TESTSERVER_VERSION"))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Pid(), s.Dir)
		select {}
	}
	os.Exit(Main(m))
}

var engines = []string{"postgres", "mysql", "mariadb"}

func eachVersion(t *testing.T, test func(t *testing.T, engine, version string)) {
	for _, engine := range engines {
		for _, version := range Versions(engine) {
			t.Run(engine+" "+version, func(t *testing.T) {
				t.Parallel()
				test(t, engine, version)
			})
		}
	}
}

func open(t *testing.T, s *Server, url string) *sql.DB {
	t.Helper()
	db, err := s.open(strings.Split(url[strings.LastIndex(url, "/")+1:], "?")[0])
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxIdleConns(0) // none to an earlier life of the server
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var answer string
	if err := db.QueryRow(query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func run(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestKillAndRestart(t *testing.T) {
	eachVersion(t, func(t *testing.T, engine, version string) {
		began := time.Now()
		s := Start(t, engine, version)
		t.Logf("started in %s", time.Since(began))
		db := open(t, s, s.Database(t))
		if got := ask(t, db, "SELECT version()"); !strings.Contains(got, s.Full) {
			t.Errorf("version() = %q, want %q in it", got, s.Full)
		}
		run(t, db, "CREATE TABLE kept (id int PRIMARY KEY)")
		run(t, db, "INSERT INTO kept VALUES (42)")

		pid, children := s.Pid(), childrenOf(s.Pid())
		s.Kill()
		if s.Pid() != 0 || alive(pid) {
			t.Error("it runs after Kill")
		}
		for _, child := range children {
			if alive(child) {
				t.Errorf("child %d runs after Kill", child)
			}
		}
		if err := db.Ping(); err == nil {
			t.Error("it answers after Kill")
		}
		began = time.Now()
		s.Restart()
		t.Logf("recovered in %s", time.Since(began))
		if got := ask(t, db, "SELECT id FROM kept"); got != "42" {
			t.Errorf("the row is %q after a crash, want 42", got)
		}
		run(t, db, "INSERT INTO kept VALUES (43)")
		s.Restart()
		if got := ask(t, db, "SELECT count(*) FROM kept"); got != "2" {
			t.Errorf("%s rows after a clean restart, want 2", got)
		}
		s.Stop()
		if _, err := os.Stat(s.Dir); err == nil {
			t.Error("Stop leaves files")
		}
	})
}

// The settings that capture and kill tests rely on.
func TestSettings(t *testing.T) {
	settings := map[string]map[string]string{
		"postgres": {"SHOW wal_level": "logical", "SHOW fsync": "on", "SHOW server_encoding": "UTF8", "SHOW lock_timeout": "7s"},
		"mysql": {
			"SELECT @@log_bin": "1", "SELECT @@binlog_format": "ROW", "SELECT @@sync_binlog": "1",
			"SELECT @@innodb_flush_log_at_trx_commit": "1", "SELECT @@character_set_server": "utf8mb4", "SELECT @@lock_wait_timeout": "7",
		},
	}
	settings["mariadb"] = settings["mysql"]
	if os.Getenv("SUREFOOT_TEST_FAST") == "1" {
		t.Skip("SUREFOOT_TEST_FAST relaxes the settings")
	}
	eachVersion(t, func(t *testing.T, engine, version string) {
		extra := "lock_wait_timeout = 7"
		if engine == "postgres" {
			extra = "lock_timeout = 7s"
		}
		s := Start(t, engine, version, extra)
		db := open(t, s, s.URL)
		for query, want := range settings[engine] {
			if got := ask(t, db, query); got != want {
				t.Errorf("%s = %q, want %q", query, got, want)
			}
		}
	})
}

func TestSharedAndDatabase(t *testing.T) {
	eachVersion(t, func(t *testing.T, engine, version string) {
		s := Shared(t, engine, version)
		if again := Shared(t, engine, version); again != s {
			t.Error("two shared instances")
		}
		var name string
		// Busy with an open transaction, it must be dropped all the same.
		t.Run("busy", func(t *testing.T) {
			url := s.Database(t)
			name = url[strings.LastIndex(url, "/")+1:]
			name, _, _ = strings.Cut(name, "?")
			db, err := s.open(name) // left open on purpose
			if err != nil {
				t.Fatal(err)
			}
			tx, err := db.BeginTx(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if engine == "postgres" {
				if _, err := db.Exec("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := tx.Exec("CREATE TABLE t (id int)"); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec("INSERT INTO t VALUES (1)"); err != nil {
				t.Fatal(err)
			}
		})
		db := open(t, s, s.URL)
		query := "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '" + name + "'"
		if engine == "postgres" {
			query = "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"
		}
		if got := ask(t, db, query); got != "0" {
			t.Errorf("database %s is still there", name)
		}
	})
}

func TestDiesWithItsParent(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			version := Versions(engine)[0]
			Shared(t, engine, version) // skips if it was not fetched
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), "TESTSERVER_CHILD="+engine, "TESTSERVER_VERSION="+version)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			var pid int
			var dir string
			if _, err := fmt.Sscan(line, &pid, &dir); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			children := childrenOf(pid)
			_ = child.Process.Signal(syscall.SIGKILL)
			_ = child.Wait()
			deadline := time.Now().Add(10 * time.Second)
			for _, pid := range append(children, pid) {
				for alive(pid) {
					if time.Now().After(deadline) {
						t.Fatalf("process %d outlives its parent", pid)
					}
					time.Sleep(10 * time.Millisecond)
				}
			}
			// Its files are a leftover, removed by the next one to start.
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(dir+".lock", old, old); err != nil {
				t.Fatal(err)
			}
			removeLeftovers(filepath.Dir(dir))
			if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Setenv("SUREFOOT_SERVERS", t.TempDir())
	_, err := New("postgres", "18")
	const want = "server postgres-18 is not there; .ci/servers postgres-18 fetches it"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
