package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Flags win, then SUREFOOT_* variables, then surefoot.yaml.
func TestSettle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "surefoot.yaml")
	yaml := "dialect: mysql\nserver_version: 9.7.0\nfail_on: warning\nthrottle:\n  lock_timeout: 3s\n"
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, command string
		args          []string
		vars          map[string]string
		want          map[string]string
	}{
		{"the file alone", "check", nil, nil, map[string]string{"dialect": "mysql", "server-version": "9.7.0", "fail-on": "warning"}},
		{"a variable over the file", "check", nil, map[string]string{"SUREFOOT_FAIL_ON": "note"}, map[string]string{"fail-on": "note"}},
		{
			"a flag over both", "check",
			[]string{"--fail-on", "error"},
			map[string]string{"SUREFOOT_FAIL_ON": "note"},
			map[string]string{"fail-on": "error"},
		},
		{"a flag that the command lacks is left alone", "run", nil, nil, map[string]string{"lock-timeout": "3s"}},
		{"the demo makes a database of its own", "demo", nil, map[string]string{"SUREFOOT_DB": "mysql://h/d"}, map[string]string{"db": ""}},
		{"or takes a server's", "demo", []string{"--engine", "mysql"}, map[string]string{"SUREFOOT_DB": "mysql://h/d"}, map[string]string{"db": "mysql://h/d"}},
		{
			"a dialect of the command line is not mixed with a database of the surroundings", "check",
			[]string{"--dialect", "sqlite"},
			map[string]string{"SUREFOOT_DB": "mysql://h/d"},
			map[string]string{"db": "", "dialect": "sqlite"},
		},
		{
			"and the other way round", "check",
			[]string{"--db", "mysql://h/d"},
			nil,
			map[string]string{"db": "mysql://h/d", "dialect": ""},
		},
		{
			"a database of the environment wins over a dialect of the file", "check",
			nil,
			map[string]string{"SUREFOOT_DB": "mysql://h/d"},
			map[string]string{"db": "mysql://h/d", "dialect": ""},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := testEnv()
			e.lookup = func(name string) (string, bool) { v, ok := test.vars[name]; return v, ok }
			cmd, _, err := newRootCommand(e).Find([]string{test.command})
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.ParseFlags(append(test.args, "--config", path)); err != nil {
				t.Fatal(err)
			}
			if err := e.settle(cmd); err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if got := cmd.Flags().Lookup(name).Value.String(); got != want {
					t.Errorf("--%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// A bad value says where it came from.
func TestSettleBad(t *testing.T) {
	var stderr bytes.Buffer
	e := &env{in: strings.NewReader(""), out: &stderr, err: &stderr, now: time.Now, lookup: func(name string) (string, bool) {
		v, ok := map[string]string{"SUREFOOT_FAIL_ON": "sometimes"}[name]
		return v, ok
	}}
	code := execute(context.Background(), e, []string{"check", "--sql", "x", "--dialect", "sqlite"})
	if want := `error: SUREFOOT_FAIL_ON: fail-on: "sometimes" is not one of error, warning, note, never`; code != exitUsage || !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("code %d:\n%s", code, stderr.String())
	}
}
