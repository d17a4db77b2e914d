package cases

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"surefoot/conform/servers"
)

// clock is what NOW() says in the application's sessions, so that it writes the same everywhere.
const clock = "1767225600.25"

func mysqlTarget(engine, version string) target {
	return target{
		name: engine + "-" + version, engine: engine,
		create: func(t testing.TB, suffix string) string {
			at := servers.Shared(t, engine, version).Database(t)
			return at + mysqlSuffixed(t, at, suffix)
		},
		open: openMySQL, split: whole, state: mysqlState,
		journal: "SELECT COUNT(*) FROM _surefoot_run WHERE state <> 'rolled-back'",
	}
}

// mysqlSuffixed makes a second database whose name ends in something odd.
func mysqlSuffixed(t testing.TB, at, suffix string) string {
	t.Helper()
	if suffix == "" {
		return ""
	}
	pool, err := openMySQL(at)
	if err != nil {
		t.Fatal(err)
	}
	name := "`" + strings.ReplaceAll(at[strings.LastIndex(at, "/")+1:]+suffix, "`", "``") + "`"
	if _, err := pool.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer pool.Close()
		if _, err := pool.Exec("DROP DATABASE " + name); err != nil {
			t.Log(err)
		}
	})
	return url.PathEscape(suffix)
}

func openMySQL(address string) (*sql.DB, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	c := driver.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = u.User.Username(), "tcp", u.Host, strings.TrimPrefix(u.Path, "/")
	c.MultiStatements = true
	if err := c.Apply(driver.Charset("utf8mb4", "")); err != nil { // as clients do
		return nil, err
	}
	c.Params = map[string]string{"timestamp": clock}
	connector, err := driver.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// mysqlState is every table's definition, the counter aside, with its triggers and its rows.
func mysqlState(ctx context.Context, c *sql.Conn) (string, error) {
	names, err := table(ctx, c, `SELECT TABLE_TYPE, TABLE_NAME FROM information_schema.TABLES
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT IN ('_surefoot_run', '_surefoot_step')`)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(names) {
		kind, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " | ")
		for _, part := range []func(context.Context, *sql.Conn, string, string) (string, error){mysqlCreate, mysqlRows} {
			text, err := part(ctx, c, kind, name)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		}
	}
	rest, err := table(ctx, c, `SELECT CONCAT_WS(' | ', 'trigger', TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_ORDER,
		ACTION_STATEMENT, SQL_MODE, DEFINER, CHARACTER_SET_CLIENT, COLLATION_CONNECTION) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
		UNION ALL SELECT CONCAT_WS(' | ', 'routine', ROUTINE_NAME, ROUTINE_DEFINITION) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
		UNION ALL SELECT CONCAT_WS(' | ', 'database', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`)
	var name string
	if err == nil {
		err = c.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&name)
	}
	return strings.ReplaceAll(b.String()+rest, name, "DB"), err // defaults and views name it
}

var counter = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

func mysqlCreate(ctx context.Context, c *sql.Conn, kind, name string) (string, error) {
	word := "TABLE"
	if kind == "VIEW" {
		word = "VIEW"
	}
	text, err := table(ctx, c, "SHOW CREATE "+word+" `"+strings.ReplaceAll(name, "`", "``")+"`")
	return counter.ReplaceAllString(text, ""), err
}

// mysqlRows writes values as HEX of what is stored, numbers and times as HEX of their text.
func mysqlRows(ctx context.Context, c *sql.Conn, kind, name string) (string, error) {
	columns, err := table(ctx, c, `SELECT LPAD(ORDINAL_POSITION, 4, '0'), DATA_TYPE, COLUMN_NAME FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`, name)
	if err != nil || kind == "VIEW" {
		return "", err
	}
	var picks []string
	for line := range strings.Lines(columns) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 3)
		column := "`" + strings.ReplaceAll(parts[2], "`", "``") + "`"
		switch parts[1] {
		case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json",
			"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector":
		case "float":
			column = "CONCAT(" + column + " + 0e0)"
		default:
			column = "CONCAT(" + column + ")"
		}
		picks = append(picks, "HEX("+column+")")
	}
	from := "`" + strings.ReplaceAll(name, "`", "``") + "`"
	if kind == "SYSTEM VERSIONED" {
		from += " FOR SYSTEM_TIME ALL"
	}
	rows, err := table(ctx, c, "SELECT "+strings.Join(picks, ", ")+" FROM "+from)
	return fmt.Sprintf("rows of %s:\n%s", name, rows), err
}
