package cases

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"surefoot/conform/servers"
	"surefoot/load/proc"
)

func TestMain(m *testing.M) {
	code := servers.Main(m)
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	sync.Once
	dir    string
	binary *proc.Binary
	err    error
}

// program builds the program once, with a file for each of the two settings that trials use.
func program(t testing.TB) *proc.Binary {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "surefoot-cases-"); built.err != nil {
			return
		}
		if built.binary, built.err = proc.Build(built.dir); built.err != nil {
			return
		}
		for name, text := range map[string]string{"plain.yaml": "", "copies.yaml": "max_block: 1ms\nlarge_table: 1 row\n"} {
			if built.err = os.WriteFile(filepath.Join(built.dir, name), []byte(text), 0o644); built.err != nil {
				return
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.binary
}

// target is a server, or SQLite, that trials run on.
type target struct {
	name   string // "mysql-9.7"
	engine string
	create func(t testing.TB, suffix string) (url string) // an empty database
	open   func(url string) (*sql.DB, error)
	// split parts a text into statements where the driver does not.
	split func(text string) []string
	// state is all that is in the database but the journal, as text.
	state func(ctx context.Context, c *sql.Conn) (string, error)
	// journal counts the runs that began.
	journal string
}

// targets are the versions of an engine to test on: the newest, where not everything is tested.
func targets(engine string) []target {
	if engine == "sqlite" {
		return []target{sqliteTarget()}
	}
	versions := servers.Versions(engine)
	if !servers.Everything() {
		versions = versions[len(versions)-1:]
	}
	var all []target
	for _, version := range versions {
		if engine == "postgres" {
			all = append(all, postgresTarget(version))
		} else {
			all = append(all, mysqlTarget(engine, version))
		}
	}
	return all
}

// database is one database and one session of an application in it.
type database struct {
	t   testing.TB
	on  target
	url string
	c   *sql.Conn
}

func (on target) fresh(t testing.TB, suffix string) *database {
	t.Helper()
	d := &database{t: t, on: on, url: on.create(t, suffix)}
	pool, err := on.open(d.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	if d.c, err = pool.Conn(context60(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.c.Close() })
	return d
}

// try runs statements until one fails.
func (d *database) try(text string) error {
	for _, statement := range d.on.split(text) {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := d.c.ExecContext(context60(d.t), statement); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) exec(text string) {
	d.t.Helper()
	if err := d.try(text); err != nil {
		d.t.Fatalf("%s: %v\n%s", d.on.name, err, text)
	}
}

func (d *database) state() string {
	d.t.Helper()
	s, err := d.on.state(context60(d.t), d.c)
	if err != nil {
		d.t.Fatalf("%s: read the state: %v", d.on.name, err)
	}
	return s
}

// begun: a run of the program got as far as its journal, and is not over with nothing done.
func (d *database) begun() bool {
	var runs int
	err := d.c.QueryRowContext(context60(d.t), d.on.journal).Scan(&runs)
	return err == nil && runs > 0 // no such table: it did not begin
}

// show runs queries and gives their rows, or their errors, as text.
func (d *database) show(queries string) string {
	var b strings.Builder
	for _, q := range d.on.split(queries) {
		if strings.TrimSpace(q) == "" {
			continue
		}
		rows, err := table(context60(d.t), d.c, q)
		fmt.Fprintf(&b, "%s\n%s%v\n", strings.TrimSpace(q), rows, err)
	}
	return b.String()
}

// table gives the rows of a query, one a line, sorted.
func table(ctx context.Context, c *sql.Conn, query string, args ...any) (string, error) {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		cells, fields := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			fields[i] = &cells[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return "", err
		}
		var line []string
		for _, c := range cells {
			if !c.Valid {
				c.String = "NULL"
			}
			line = append(line, c.String)
		}
		lines = append(lines, strings.Join(line, " | ")+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, ""), rows.Err()
}

func whole(text string) []string { return []string{text} }
