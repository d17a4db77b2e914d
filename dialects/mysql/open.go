package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Database is a live server, and one database on it.
type Database struct {
	*Dialect
	pool     *sql.DB
	sessions *connector
	name     string       // the database
	leave    func() error // what Close does last; nil: nothing
}

// Open connects to mysql://user:password@host:port/database or mariadb://…; which of the two it
// is, the server says. A password that is not in the URL comes from MYSQL_PWD or ~/.my.cnf.
// Parameters: socket (a path instead of host and port), time_zone, and those about TLS; see readOptions.
// Errors never hold the password.
func Open(ctx context.Context, rawURL string) (*Database, error) {
	config, err := readURL(rawURL)
	if err != nil {
		return nil, err
	}
	if config.DBName == "" {
		return nil, badAddress("the database's address names no database: %s", addressForm)
	}
	return connect(ctx, config)
}

// OpenServer connects as Open does; the URL need not name a database. It is for scratch databases.
func OpenServer(ctx context.Context, rawURL string) (*Database, error) {
	config, err := readURL(rawURL)
	if err != nil {
		return nil, err
	}
	return connect(ctx, config)
}

func connect(ctx context.Context, config *mysql.Config) (*Database, error) {
	d, err := greet(ctx, config)
	if err != nil {
		return nil, err
	}
	maps.Copy(config.Params, d.sessionSettings())
	sessions := &connector{config: config}
	db := &Database{Dialect: d, pool: newPool(sessions), sessions: sessions, name: config.DBName}
	if err := db.pool.PingContext(ctx); err != nil {
		db.pool.Close()
		return nil, connectError(config, err)
	}
	return db, nil
}

// Close closes all sessions.
func (db *Database) Close() error {
	err := db.pool.Close()
	if db.leave != nil {
		err = errors.Join(err, db.leave())
	}
	return err
}

// firstAnswer is how long a server may take to greet a client. One of another kind waits for the client to begin.
const firstAnswer = 10 * time.Second

// greet asks the server what it is, and how a session begins that nobody set up.
func greet(ctx context.Context, config *mysql.Config) (*Dialect, error) {
	config.Params["sql_big_selects"] = "1" // a limit on joins must not keep us from asking
	pool := newPool(&connector{config: config})
	defer pool.Close()
	var version, mode string
	var lower int
	var zone timeZone
	first, cancel := context.WithTimeout(ctx, firstAnswer)
	defer cancel()
	err := pool.QueryRowContext(first, "SELECT VERSION(), @@GLOBAL.sql_mode, @@lower_case_table_names, @@SESSION.time_zone").Scan(&version, &mode, &lower, &zone.name)
	if err != nil && first.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("connect to %s: no answer in %v: is it a MySQL or MariaDB server?", config.Addr, firstAnswer)
	}
	if err != nil {
		return nil, connectError(config, err)
	}
	flavor := MySQL
	if strings.Contains(strings.ToLower(version), "mariadb") {
		flavor = MariaDB
	}
	number := strings.TrimPrefix(version, "5.5.5-") // what old MariaDB proxies put in front
	if i := strings.IndexByte(number, '-'); i >= 0 {
		number = number[:i]
	}
	d, err := New(flavor, number)
	if err != nil {
		return nil, err
	}
	d.foldsTables = lower != 0
	if d.mode, err = readMode(mode); err != nil {
		return nil, err
	}
	if d.zone, err = zone.measured(ctx, pool); err != nil {
		return nil, fmt.Errorf("ask for the time zone: %w", err)
	}
	return d, nil
}

// connectError names the server and what it said, never the password.
func connectError(config *mysql.Config, err error) error {
	var network *net.OpError
	if errors.As(err, &network) {
		return fmt.Errorf("connect to %s: %w", config.Addr, network.Err)
	}
	return fmt.Errorf("connect to %s as %s: %w", config.Addr, config.User, err)
}

// ours marks our own sessions: triggers that capture keys pass over what these write.
const ours = "@_surefoot"

// sessionSettings make the same of every row on every server: strict, but able to copy the zero
// dates and the zeros in AUTO_INCREMENT columns that are there. The time zone is the user's own:
// TIMESTAMP is converted in it, in a copy as in the statement that the copy stands for. What a server's
// global settings may do to any session is set back: that nothing commits, or that an answer is cut.
func (d *Dialect) sessionSettings() map[string]string {
	settings := map[string]string{
		"sql_mode":                 d.sessionMode(nil),
		"time_zone":                literal(d.zone.name),
		d.isolationVariable():      "'READ-COMMITTED'",
		"lock_wait_timeout":        "10",
		"innodb_lock_wait_timeout": "10",
		"wait_timeout":             "86400",
		"foreign_key_checks":       "1",
		"unique_checks":            "1",
		"autocommit":               "1",
		"completion_type":          "'NO_CHAIN'",
		d.readOnlyVariable():       "0",
		"sql_safe_updates":         "0",
		"sql_auto_is_null":         "0",
		"sql_select_limit":         "18446744073709551615",
		"group_concat_max_len":     "1048576",
		"sql_quote_show_create":    "1",
		ours:                       "1",
	}
	if d.maria() {
		settings["max_statement_time"] = "0"
		settings["idle_transaction_timeout"], settings["idle_write_transaction_timeout"], settings["idle_readonly_transaction_timeout"] = "0", "0", "0"
		settings["sql_if_exists"] = "0"
	} else {
		settings["max_execution_time"] = "0"
		settings["show_create_table_verbosity"] = "0"
		if d.version >= 80030 {
			settings["show_gipk_in_create_table_and_information_schema"] = "1"
		}
		settings["information_schema_stats_expiry"] = "0" // AUTO_INCREMENT as it is, not as it was
		if d.version >= 80027 {
			settings["innodb_ddl_buffer_size"] = "67108864" // the default of 1 MB builds indexes a third slower (seen on 9.7)
		}
	}
	return settings
}

func (d *Dialect) isolationVariable() string {
	if d.maria() && d.version < 110101 {
		return "tx_isolation"
	}
	return "transaction_isolation"
}

func (d *Dialect) readOnlyVariable() string {
	if d.maria() && d.version < 110101 {
		return "tx_read_only"
	}
	return "transaction_read_only"
}
