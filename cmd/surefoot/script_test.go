package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"surefoot/conform/servers"
	"surefoot/load"
)

// served runs the tests and stops the servers that they shared.
type served struct{ m *testing.M }

func (s served) Run() int { return servers.Main(s.m) }

func TestMain(m *testing.M) {
	testscript.Main(served{m}, map[string]func(){"surefoot": main})
}

// TestScript runs the pages of testdata/script. Each is a session with the binary, to be read
// aloud. Besides testscript's own words they use:
//
//	server ENGINE VERSION    an empty database on a real server; its URL is $DB, and $APP is the
//	                         same for a user called app with the password s3cret
//	sql URL TEXT|FILE        runs statements
//	query URL TEXT           prints rows, a tab between columns
//	seed URL TABLE ROWS      makes the load generator's table
//	strict SHAPE FILE        decodes JSON and fails on a field that the contract does not know
//	eventually N RE COMMAND …   runs a command until it exits with 0 and its output matches, N seconds at most
//	exits CODE COMMAND …        runs a command that must exit with this code
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TMPDIR", env.WorkDir)
			env.Setenv("LITE", "sqlite:"+env.WorkDir+"/shop.db")
			env.Values["t"] = env.T()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": scriptServer, "sql": scriptSQL, "query": scriptQuery, "seed": scriptSeed,
			"strict": scriptStrict, "eventually": scriptEventually, "exits": scriptExits,
		},
	})
}

func scriptServer(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: server ENGINE VERSION")
	}
	t, ok := ts.Value("t").(testing.TB)
	if !ok {
		ts.Fatalf("no test to start a server for")
	}
	db := servers.Shared(t, args[0], args[1]).Database(t)
	app, err := url.Parse(db)
	ts.Check(err)
	app.User = url.UserPassword("app", "s3cret")
	ts.Setenv("DB", db)
	ts.Setenv("APP", app.String())
}

func scriptSQL(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sql URL TEXT|FILE")
	}
	text := args[1]
	if strings.HasSuffix(text, ".sql") {
		text = ts.ReadFile(text)
	}
	db, _, err := load.Open(args[0])
	ts.Check(err)
	defer db.Close()
	for _, statement := range strings.Split(text, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		_, err := db.ExecContext(context.Background(), statement)
		switch {
		case neg && err == nil:
			ts.Fatalf("the statement did not fail: %s", statement)
		case neg:
			ts.Logf("%v", err)
		default:
			ts.Check(err)
		}
	}
}

func scriptQuery(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: query URL TEXT")
	}
	db, _, err := load.Open(args[0])
	ts.Check(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), args[1])
	ts.Check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	ts.Check(err)
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		ts.Check(rows.Scan(values...))
		var cells []string
		for _, v := range values {
			cells = append(cells, showCell(*v.(*any)))
		}
		_, err := fmt.Fprintln(ts.Stdout(), strings.Join(cells, "\t"))
		ts.Check(err)
	}
	ts.Check(rows.Err())
}

func showCell(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

func scriptSeed(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: seed URL TABLE ROWS")
	}
	db, engine, err := load.Open(args[0])
	ts.Check(err)
	defer db.Close()
	var rows int64
	_, err = fmt.Sscan(args[2], &rows)
	ts.Check(err)
	ts.Check(load.Seed(context.Background(), db, engine, load.Int, args[1], rows))
}

func scriptEventually(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: eventually SECONDS RE COMMAND …")
	}
	wait, err := time.ParseDuration(args[0] + "s")
	ts.Check(err)
	want, err := regexp.Compile(args[1])
	ts.Check(err)
	for end := time.Now().Add(wait); ; time.Sleep(50 * time.Millisecond) {
		if err = ts.Exec(args[2], args[3:]...); err == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("not within %s: %v", wait, err)
		}
	}
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND …")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// TestHelp holds every command to the promise that its help shows examples.
func TestHelp(t *testing.T) {
	root := newRootCommand(testEnv())
	for _, cmd := range root.Commands() {
		if cmd.Hidden {
			continue
		}
		if cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s has no example or no description", cmd.Name())
		}
		if cmd.HasFlags() && cmd.Flags().Lookup("db") != nil && !strings.Contains(cmd.Example, "--db") && !strings.Contains(cmd.Example, "--dialect") {
			t.Errorf("%s can reach a database, but no example shows how", cmd.Name())
		}
	}
}
