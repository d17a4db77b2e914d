package mysql

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/schema"
)

const addressForm = "it has the form mysql://user@host:3306/database"

func badAddress(format string, args ...any) error {
	return &schema.BadURL{Reason: fmt.Sprintf(format, args...)}
}

// readURL turns a URL into what the driver takes.
func readURL(raw string) (*mysql.Config, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, badAddress("the database's address cannot be read: %s", addressForm)
	}
	config := mysql.NewConfig()
	file := readOptionFile()
	config.Net = "tcp"
	config.User = u.User.Username()
	if config.User == "" {
		config.User = first(file["user"], "root")
	}
	config.Passwd = password(u, file)
	host, port := u.Hostname(), u.Port()
	config.Addr = net.JoinHostPort(first(host, file["host"], "127.0.0.1"), first(port, file["port"], "3306"))
	config.DBName = strings.TrimPrefix(u.Path, "/")
	config.Params = map[string]string{}
	// As clients do. The driver's own default is general_ci, and the session's collation goes into views,
	// routines and keys over expressions.
	if err := config.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	config.InterpolateParams = true // one round trip instead of two, and the optimizer sees the values
	config.MultiStatements = true   // the way back of some statements is a few together; see ifTrue
	config.Timeout = 10 * time.Second
	config.Logger = &mysql.NopLogger{} // errors are returned; the driver has nothing to add on stderr
	socket := ""
	if host == "" {
		socket = file["socket"]
	}
	wish, err := readOptions(u.RawQuery, config, &socket)
	if err != nil {
		return nil, err
	}
	if err := wish.fromFile(file); err != nil {
		return nil, err
	}
	if socket != "" {
		config.Net, config.Addr = "unix", socket
	}
	return config, wish.apply(config)
}

// readOptions reads the parameters behind the question mark. One that nobody knows is an error: it may
// have been meant to keep a secret.
func readOptions(query string, config *mysql.Config, socket *string) (*tlsWish, error) {
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, badAddress("the parameters of the database's address cannot be read: a special character must be written as %%XX")
	}
	wish := &tlsWish{}
	for name, values := range options {
		value := values[len(values)-1]
		switch plainName(name) {
		case "socket":
			*socket = value
		case "timezone":
			config.Params["time_zone"] = literal(strings.Trim(value, "'"))
		case "charset", "characterencoding":
			if c := plainName(value); c != "utf8mb4" && c != "utf8" {
				return nil, badAddress("%s=%s: sessions are utf8mb4, whatever the tables are", name, value)
			}
		default:
			if known, err := wish.option(name, value); err != nil || !known {
				if err == nil {
					err = badAddress("the parameter %q is not known; there are socket, time_zone, ssl-mode, ssl-ca, ssl-cert, ssl-key and their names in JDBC and Go", name)
				}
				return nil, err
			}
		}
	}
	return wish, nil
}

// plainName is a parameter's name or value however it is spelt: ssl-mode, sslMode, SSL_MODE.
func plainName(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s))
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
