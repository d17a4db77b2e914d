package load

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
)

// The engines by name, as Open returns them.
const (
	MySQL    = "mysql"
	MariaDB  = "mariadb"
	Postgres = "postgres"
	SQLite   = "sqlite"
)

// Open opens a pool for a URL: postgres://…, mysql://user:pw@host:port/db,
// mariadb://… or sqlite:PATH. It does not connect. MySQL and MariaDB sessions
// run in UTC, SQLite in WAL mode with immediate transactions and ten seconds of
// patience for a lock.
func Open(rawURL string) (db *sql.DB, engine string, err error) {
	scheme, rest, found := strings.Cut(rawURL, ":")
	if !found {
		return nil, "", fmt.Errorf("open %q: no scheme", rawURL)
	}
	driver, dsn := "", ""
	switch scheme {
	case "postgres", "postgresql":
		engine, driver, dsn = Postgres, "pgx", rawURL
	case MySQL, MariaDB:
		db, err = openMySQL(rawURL)
		if err != nil {
			return nil, "", fmt.Errorf("open database: %w", err)
		}
		return db, scheme, nil
	case SQLite:
		engine, driver, dsn = SQLite, "sqlite", sqliteDSN(rest)
	default:
		return nil, "", fmt.Errorf("open database: unknown scheme %q", scheme)
	}
	db, err = sql.Open(driver, dsn)
	if err != nil {
		return nil, "", fmt.Errorf("open database: %w", err)
	}
	return db, engine, nil
}

// openMySQL reads the URL itself: the driver has a form of its own. A `socket`
// parameter replaces host and port.
func openMySQL(rawURL string) (*sql.DB, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	cfg := mysql.NewConfig()
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	cfg.Net, cfg.Addr = "tcp", u.Host
	if u.Port() == "" {
		cfg.Addr = u.Host + ":3306"
	}
	if socket := u.Query().Get("socket"); socket != "" {
		cfg.Net, cfg.Addr = "unix", socket
	}
	cfg.DBName = strings.TrimPrefix(u.Path, "/")
	cfg.Params = map[string]string{"time_zone": "'+00:00'"}
	cfg.InterpolateParams = false
	cfg.Logger = &mysql.NopLogger{} // a lost connection is in the report
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func sqliteDSN(path string) string {
	path = strings.TrimPrefix(path, "//")
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return "file:" + strings.TrimPrefix(path, "file:") + separator +
		"_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
}

// execAll runs statements one after another on one connection or pool.
func execAll(ctx context.Context, db execer, statements ...string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// execer is a pool, a connection or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
