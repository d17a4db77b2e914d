package postgres

import (
	"context"
	"os"
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/load"
	"surefoot/schema"
)

// What pg_dump writes of a database, rows included, is the database's own schema: nothing is to do.
// The dump is pg_dump 15's of rich.sql.
func TestDumpOfTheDatabaseItself(t *testing.T) {
	script, dump := readFile(t, "testdata/rich.sql"), readFile(t, "testdata/rich.dump.sql")
	for _, version := range servers.Versions("postgres") {
		t.Run(version, func(t *testing.T) {
			url := servers.Shared(t, "postgres", version).Database(t)
			pool, _, err := load.Open(url)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if _, err := pool.ExecContext(t.Context(), script); err != nil {
				t.Fatal(err)
			}
			db, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			have, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want, err := db.Scratch(context.Background(), dump)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range schema.Diff(have, want) {
				t.Errorf("there is something to do: %s on %s", c.Kind(), c.Table())
			}
		})
	}
}

// Without a server the dump is read too.
func TestDumpIsReadOffline(t *testing.T) {
	for _, file := range []string{readFile(t, "testdata/rich.dump.sql"), dumped} {
		for _, version := range []string{"14.2", "18.1"} {
			d, err := New(version)
			if err != nil {
				t.Fatal(err)
			}
			s, err := d.Schema(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Tables) == 0 {
				t.Error("no table was found")
			}
			again, err := d.Schema(file)
			if err != nil {
				t.Fatal(err)
			}
			if changes := schema.Diff(s, again); len(changes) > 0 {
				t.Errorf("a file differs from itself: %v", changes)
			}
		}
	}
}

const dumped = `\restrict 45P7gQLNGzHVLOoX8fnnL9fn0YG5U9UWiLqphhRFvvv0B6vRZ52kE3W43NsXjvR
\connect shop
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA app;
CREATE TABLE app.a (id integer NOT NULL, v integer);
CREATE MATERIALIZED VIEW app.m AS SELECT v FROM app.a WITH NO DATA;
CREATE VIEW app.w AS SELECT id, v FROM app.a;
ALTER TABLE ONLY app.w ALTER COLUMN v SET DEFAULT 3;
CREATE TABLE app.kid (x integer) INHERITS (app.a);
ALTER TABLE ONLY app.kid ADD CONSTRAINT kid_pkey PRIMARY KEY (x);
CREATE UNIQUE INDEX mi ON app.m USING btree (v);
COPY app.a (id, v) FROM stdin;
1	it's; \N
\.
ALTER TABLE app.a ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.a_id_seq START WITH 1);
\unrestrict 45P7gQLNGzHVLOoX8fnnL9fn0YG5U9UWiLqphhRFvvv0B6vRZ52kE3W43NsXjvR
`

// A file of psql is read, or refused with words and its place.
func TestFilesOfPsql(t *testing.T) {
	d, err := New("18.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, want string }{
		{"\\set ON_ERROR_STOP on\n\\timing\nALTER TABLE t ADD n int;\n", ""},
		{"\\restrict x\nALTER TABLE t ADD n int;", ""},
		{"ALTER TABLE t ADD n text DEFAULT '\\connect';\n-- \\i x\n", ""},
		{"SELECT 1;\n\\connect shop\n", "f.sql:2:1: cannot read the SQL: psql's \\connect is not supported"},
		{"\\set v 3\n", "psql's \\set is not supported"},
		{"  \\i other.sql\n", "f.sql:1:3: cannot read the SQL: psql's \\i is not supported: name the other file"},
		{"\\copy t from 'f'\n", "psql's \\copy is not supported"},
		{"\\gexec\n", "psql's command \\gexec is not supported"},
		{"ALTER TABLE t ADD n int;\nCOPY t FROM stdin;\n1\n\\.\n", "f.sql:2:1: cannot read the SQL: COPY … FROM stdin has its rows in the file"},
	} {
		statements, err := d.Parse("f.sql", tt.file, nil)
		switch {
		case tt.want == "" && (err != nil || len(statements) != 1):
			t.Errorf("%q: %d statements, %v", tt.file, len(statements), err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%q: %v, want %q", tt.file, err, tt.want)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
