package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"surefoot/load"
)

type demoOptions struct {
	liveFlags
	engine string
	rows   int64
	keep   bool
}

func newDemoCommand(e *env) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Watch a table of a million rows change under writes, through a kill, and lose nothing",
		GroupID: groupLook,
		Args:    cobra.NoArgs,
		Long: `Make a table with a million rows, write to it the whole time, change a column's type with safe
steps, kill the run half way with SIGKILL, run it again, and prove that no write was lost: every
write that the database acknowledged is in a journal, which is compared with the final table.

Without --engine it uses an SQLite database in a temporary folder and needs nothing else. With
--engine and --db it does the same in a database of yours, in a table called surefoot_demo.`,
		Example: `  surefoot demo
  surefoot demo --rows 200000 --keep
  surefoot demo --engine postgres --db postgres://app@localhost/scratch`,
		RunE: action(e, func(ctx context.Context, _ []string) error {
			return runDemo(ctx, e, o)
		}),
	}
	o.liveFlags.add(cmd)
	addConfig(cmd)
	choice(cmd, &o.engine, "engine", "what to show it on; all but sqlite need --db", "sqlite", "postgres", "mysql", "mariadb")
	cmd.Flags().Int64Var(&o.rows, "rows", 1_000_000, "rows of the table")
	cmd.Flags().BoolVar(&o.keep, "keep", false, "keep the database and the journal of writes")
	return cmd
}

// demoLeast rows make a table that counts as large, also by a server's estimate.
const demoLeast = 120_000

func runDemo(ctx context.Context, e *env, o demoOptions) error {
	if o.rows < demoLeast || o.rows > load.MaxRows {
		return usagef("--rows: between %d and %d; smaller tables are changed at once", demoLeast, load.MaxRows)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	dir, err := os.MkdirTemp("", "surefoot-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	if !o.keep {
		defer os.RemoveAll(dir)
	}
	d := &demo{env: e, self: self, dir: dir, rows: o.rows, keep: o.keep, table: "orders"}
	if o.engine == load.SQLite {
		if o.db != "" {
			return usagef("--db is for --engine postgres, mysql or mariadb; without --engine the demo makes its own database")
		}
		d.url = "sqlite:" + filepath.ToSlash(filepath.Join(dir, "demo.db"))
	} else {
		if o.db == "" {
			return usagef("--engine %s needs --db", o.engine)
		}
		if d.url, err = o.address(); err != nil {
			return err
		}
		d.table = "surefoot_demo"
	}
	if d.pool, d.engine, err = load.Open(d.url); err != nil {
		return withoutPassword(err, d.url)
	}
	defer d.pool.Close()
	if d.engine != o.engine {
		return usagef("--engine %s does not fit the address, which is for %s", o.engine, d.engine)
	}
	return d.play(ctx)
}

// changeSQL is the demo's change in the engine's own words.
func (d *demo) changeSQL(table string) string {
	switch d.engine {
	case load.MySQL, load.MariaDB:
		return "ALTER TABLE " + table + " MODIFY COLUMN amount bigint NULL COMMENT 'amount in units'"
	case load.SQLite:
		return "ALTER TABLE " + table + " ALTER COLUMN amount TYPE text"
	}
	return "ALTER TABLE " + table + " ALTER COLUMN amount TYPE bigint"
}

// title writes a chapter of the demo.
func (d *demo) title(format string, args ...any) {
	_, _ = fmt.Fprintf(d.env.out, "\n== %s\n", fmt.Sprintf(format, args...))
}

func (d *demo) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	_, _ = fmt.Fprintln(d.env.out, "   "+strings.ReplaceAll(text, "\n", "\n   "))
}
