package servers

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	driver "github.com/go-sql-driver/mysql"
)

// mysql is MySQL, or its relative MariaDB.
type mysql struct{ mariadb bool }

func (mysql) home(cached string) (string, error) { return cached, nil }

// binary returns the path of the wrapper that runs the server.
func (m mysql) binary(home string) string {
	if m.mariadb {
		return filepath.Join(home, "bin", "mariadbd")
	}
	return filepath.Join(home, "bin", "mysqld")
}

// places are the settings that say where the files of the private root are; the
// paths compiled into the server are those of an installed package.
func (m mysql) places(home, data string) []string {
	share := filepath.Join(home, "root/usr/share/mariadb")
	if _, err := os.Stat(share); err != nil {
		share = filepath.Join(home, "root/usr/share/mysql")
	}
	lines := []string{
		"basedir = " + filepath.Join(home, "root/usr"),
		"datadir = " + data,
		// A server that starts removes what looks like its temporary tables, also those of others.
		"tmpdir = " + filepath.Dir(data),
		"lc_messages_dir = " + share,
		"character_sets_dir = " + filepath.Join(share, "charsets"),
		"plugin_dir = " + filepath.Join(home, "root/usr/lib/mysql/plugin"),
	}
	if !m.mariadb {
		lines = append(lines, "secure_file_priv = NULL", "mysqlx = OFF")
	}
	if isRoot() {
		lines = append(lines, "user = root") // refused unless said
	}
	return lines
}

func (m mysql) initialise(home, data string) error {
	conf, err := os.CreateTemp("", "surefoot-*.cnf")
	if err != nil {
		return err
	}
	defer os.Remove(conf.Name())
	lines := append([]string{"[mysqld]"}, m.places(home, data)...)
	_, err = fmt.Fprintln(conf, strings.Join(lines, "\n"))
	if closed := conf.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if m.mariadb {
		return m.bootstrap(home, conf.Name())
	}
	return m.initialiseInsecure(home, conf.Name())
}

func (m mysql) initialiseInsecure(home, conf string) error {
	// Names are not resolved, so root@localhost alone could not come in.
	users, err := os.CreateTemp("", "surefoot-*.sql")
	if err != nil {
		return err
	}
	defer os.Remove(users.Name())
	_, err = users.WriteString("CREATE USER 'root'@'127.0.0.1';\n" +
		"GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n" +
		"GRANT PROXY ON ''@'' TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n")
	if closed := users.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return output(exec.Command(m.binary(home), "--defaults-file="+conf, "--initialize-insecure", "--init-file="+users.Name()))
}

// bootstrap does what mariadb-install-db does. MariaDB 10.11 names the files
// mysql_*, later versions mariadb_*.
func (m mysql) bootstrap(home, conf string) error {
	input := bytes.NewBufferString("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n")
	for _, part := range []string{"system_tables", "performance_tables", "system_tables_data", "sys_schema"} {
		files, err := filepath.Glob(filepath.Join(home, "root/usr/share/m*/m*_"+part+".sql"))
		if err != nil {
			return err
		}
		if len(files) != 1 {
			return fmt.Errorf("found %d files *_%s.sql in %s, not one", len(files), part, home)
		}
		file, err := os.Open(files[0])
		if err != nil {
			return err
		}
		_, err = io.Copy(input, file)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	cmd := exec.Command(m.binary(home), "--defaults-file="+conf, "--bootstrap", "--log-warnings=0", "--max_allowed_packet=8M")
	cmd.Stdin = input
	return output(cmd)
}

func (m mysql) configure(s *Server) error {
	lines := append([]string{"[mysqld]"}, m.places(s.home, s.data())...)
	lines = append(
		lines,
		"bind_address = 127.0.0.1",
		fmt.Sprintf("port = %d", s.claim.port),
		"socket = "+filepath.Join(s.Dir, "socket"),
		"pid_file = "+filepath.Join(s.Dir, "pid"),
		"skip_name_resolve = ON",
		"server_id = 1",
		"log_bin = binlog",
		"sync_binlog = 1", // MariaDB's default is 0
		"binlog_format = ROW",
		"character_set_server = utf8mb4",
		"innodb_buffer_pool_size = 256M",
	)
	lines = append(lines, s.settings...)
	return os.WriteFile(m.conf(s), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

func (mysql) conf(s *Server) string { return filepath.Join(s.Dir, "my.cnf") }

func (m mysql) command(s *Server) *exec.Cmd {
	return exec.Command(m.binary(s.home), "--defaults-file="+m.conf(s))
}

func (m mysql) facts() facts {
	relaxed := []string{"innodb_flush_log_at_trx_commit = 0", "sync_binlog = 0", "innodb_doublewrite = OFF"}
	if m.mariadb {
		relaxed = append(relaxed, "innodb_flush_method = nosync")
	}
	return facts{relaxed: relaxed, stop: syscall.SIGTERM, death: syscall.SIGKILL, dataQuery: "SELECT @@datadir"}
}

func (mysql) url(engine string, port int, database string) string {
	return fmt.Sprintf("%s://root@127.0.0.1:%d/%s", engine, port, database)
}

func (mysql) open(port int, database string) (*sql.DB, error) {
	config := driver.NewConfig()
	config.User, config.Net, config.Addr, config.DBName = "root", "tcp", fmt.Sprintf("127.0.0.1:%d", port), database
	config.Logger = &driver.NopLogger{} // a server that is starting refuses many connections
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// drop ends the connections to the database first: one with an open transaction
// would hold up DROP DATABASE for lock_wait_timeout, a year by default.
func (mysql) drop(ctx context.Context, db *sql.DB, name string) error {
	ids, err := connections(ctx, db, name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		const noSuchThread = 1094
		var refused *driver.MySQLError
		_, err := db.ExecContext(ctx, fmt.Sprintf("KILL %d", id))
		if err != nil && (!errors.As(err, &refused) || refused.Number != noSuchThread) {
			return err
		}
	}
	_, err = db.ExecContext(ctx, "DROP DATABASE "+name)
	return err
}

func connections(ctx context.Context, db *sql.DB, name string) ([]int64, error) {
	rows, err := db.QueryContext(ctx, "SELECT id FROM information_schema.processlist WHERE db = ?", name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
