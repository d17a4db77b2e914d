package mysql

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"surefoot/schema"
)

// asUsers opens a database with the sessions that users of the server have.
func asUsers(t *testing.T, address string) *Database {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	db := openTest(t, address)
	pool, err := sql.Open("mysql", u.User.Username()+"@tcp("+u.Host+")"+u.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	users := *db
	users.pool = pool
	return &users
}

// underMode adds words to the server's sql_mode until restore is called, or the test ends.
func underMode(t *testing.T, admin *Database, words string) (restore func()) {
	t.Helper()
	var mode string
	if err := admin.pool.QueryRow("SELECT @@GLOBAL.sql_mode").Scan(&mode); err != nil {
		t.Fatal(err)
	}
	execute(t, admin, "SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, "+literal(","+words)+")")
	return func() { execute(t, admin, "SET GLOBAL sql_mode = "+literal(mode)) }
}

// TestSQLMode: a statement means to us what it means to the server's users, or nothing is done.
func TestSQLMode(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		restore := underMode(t, admin, "PIPES_AS_CONCAT,IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION")
		add := ", ADD COLUMN j VARCHAR(60) AS (a || b) STORED, ADD COLUMN n BIGINT AS (u - 5) STORED, ADD COLUMN d VARCHAR(20) NOT NULL DEFAULT ('p' || 'q')"
		c := likeness{
			setup:  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a VARCHAR(20), b VARCHAR(20), u INT UNSIGNED); INSERT INTO t VALUES (1, 'x', 'y', 3), (20, '1', '0', 9)",
			writes: "UPDATE t SET a = 'new' || 'er' WHERE id = 20; INSERT INTO t (id, a, u) VALUES (30, 'z', 1)",
			change: "ALTER TABLE t MODIFY id BIGINT NOT NULL" + add,
		}
		c.look(t, openTest(t, another(t, url, 0)), asUsers(t, another(t, url, 1)))
		plain := c
		plain.plain, plain.change = true, "ALTER TABLE t ADD COLUMN e VARCHAR(60) AS (a || b) VIRTUAL"
		plain.look(t, openTest(t, another(t, url, 2)), asUsers(t, another(t, url, 3)))

		restore()
		words := []string{"HIGH_NOT_PRECEDENCE", "PAD_CHAR_TO_FULL_LENGTH"}
		if admin.maria() {
			words = append(words, "EMPTY_STRING_IS_NULL", "ORACLE")
		}
		for _, word := range words {
			restore := underMode(t, admin, word)
			if _, err := Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), "sql_mode has "+word) {
				t.Errorf("under %s: %v", word, err)
			}
			restore()
		}
	})
}

// TestRealAsFloat: REAL is read as the type that the server makes of it.
func TestRealAsFloat(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		for _, words := range []string{"", "REAL_AS_FLOAT"} {
			restore := underMode(t, admin, words)
			db, users := openTest(t, url), asUsers(t, url)
			execute(t, users, "DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, d INT)")
			s, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			change := "ALTER TABLE t MODIFY d REAL"
			stmts, err := db.Parse("", change, s)
			if err != nil {
				t.Fatal(err)
			}
			execute(t, users, change)
			native, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			read := schema.Apply(s, stmts[0].Changes[0]).Tables[0].Column("d").Type
			if made := native.Tables[0].Column("d").Type; read != made {
				t.Errorf("%q: read as %s, the server makes %s", words, read, made)
			}
			restore()
		}
	})
}
