package servers

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
)

type postgres struct{}

// home returns a copy of the server if we are root and the cache is in our home,
// which is closed to the user that PostgreSQL has to run as.
func (postgres) home(cached string) (string, error) {
	if !isRoot() || everyoneReaches(cached) {
		return cached, nil
	}
	const public = "/var/cache/surefoot/servers"
	if err := os.MkdirAll(public, 0o755); err != nil {
		return "", err
	}
	home := filepath.Join(public, filepath.Base(cached))
	lock, err := lockFile(home+".lock", true)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	want, err := os.ReadFile(filepath.Join(cached, "source"))
	if err != nil {
		return "", err
	}
	if have, err := os.ReadFile(filepath.Join(home, "source")); err == nil && bytes.Equal(have, want) {
		return home, nil
	}
	old, err := filepath.Glob(filepath.Join(public, "templates", filepath.Base(cached)+"-*"))
	if err != nil {
		return "", err
	}
	for _, dir := range append(old, home, home+".part") {
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	if err := copyDir(cached, home+".part"); err != nil {
		return "", err
	}
	return home, os.Rename(home+".part", home)
}

func everyoneReaches(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

func (postgres) initialise(home, data string) error {
	cmd := exec.Command(filepath.Join(home, "bin", "initdb"), "-D", data, "-U", "postgres",
		"-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err := unprivileged(cmd, data); err != nil {
		return err
	}
	return output(cmd)
}

func (postgres) configure(s *Server) error {
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	lines := append([]string{
		"",
		"listen_addresses = '127.0.0.1'",
		fmt.Sprintf("port = %d", s.claim.port),
		"unix_socket_directories = ''",
		"wal_level = logical",
		"max_connections = 100",
		"shared_buffers = 128MB",
		"log_line_prefix = '%m [%p] %a '",
	}, s.settings...)
	_, err = fmt.Fprintln(file, strings.Join(lines, "\n"))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func (postgres) command(s *Server) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.home, "bin", "postgres"), "-D", s.data())
	// Starting it reports a missing user soon enough.
	cmd.Err = unprivileged(cmd, s.data())
	return cmd
}

func (postgres) facts() facts {
	return facts{
		relaxed: []string{"fsync = off", "synchronous_commit = off", "full_page_writes = off"},
		stop:    syscall.SIGINT, // fast shutdown
		// Immediate shutdown, in which the postmaster takes its children along.
		// SIGKILL would leave those that run a statement.
		death:     syscall.SIGQUIT,
		dataQuery: "SHOW data_directory",
	}
}

func (postgres) url(_ string, port int, database string) string {
	if database == "" {
		database = "postgres"
	}
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", port, database)
}

func (p postgres) open(port int, database string) (*sql.DB, error) {
	return sql.Open("pgx", p.url("postgres", port, database))
}

// drop also drops the replication slots of the database, which FORCE refuses to.
func (postgres) drop(ctx context.Context, db *sql.DB, name string) error {
	if _, err := db.ExecContext(ctx, `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
		WHERE database = $1 AND active`, name); err != nil {
		return err
	}
	// A slot stays active until its backend has gone.
	if _, err := db.ExecContext(ctx, `DO $$ BEGIN
		FOR i IN 1..100 LOOP
			EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE database = '`+name+`' AND active);
			PERFORM pg_sleep(0.05);
		END LOOP; END $$`); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
		WHERE database = $1`, name); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
	return err
}
