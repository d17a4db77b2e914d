package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/schema"
)

type doctorOptions struct {
	liveFlags
	tables []string
	format string
}

func newDoctorCommand(e *env) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:     "doctor [TABLE…]",
		Short:   "Find what would stop a run: privileges, settings, blockers, leftovers",
		GroupID: groupLook,
		Long: `Look for what would stop or disturb a run on these tables (default: all): missing privileges, wrong
settings, long transactions, and things that an earlier run left behind, each with its remedy.
Exits with 2 when something would stop a run. Nothing is changed.`,
		Example: `  surefoot doctor --db postgres://app@localhost/shop orders
  surefoot doctor --db sqlite:shop.db --format json`,
		RunE: action(e, func(ctx context.Context, args []string) error {
			o.tables = args
			return runDoctor(ctx, e, o)
		}),
	}
	o.liveFlags.add(cmd)
	addConfig(cmd)
	choice(cmd, &o.format, "format", "how to print it", "text", "json")
	return cmd
}

func runDoctor(ctx context.Context, e *env, o doctorOptions) error {
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := tablesNamed(ctx, db, o.tables)
	if err != nil {
		return err
	}
	ailments, err := db.Doctor(ctx, tables)
	if err != nil {
		return err
	}
	if err := render.Doctor(e.out, ailments, o.format, e.look()); err != nil {
		return fmt.Errorf("print what was found: %w", err)
	}
	for _, a := range ailments {
		if a.Severity == plan.Error {
			return quietly(exitFindings)
		}
	}
	return nil
}

// tablesNamed resolves names such as orders or public.orders; none: all tables.
func tablesNamed(ctx context.Context, db dialects.Database, names []string) ([]schema.Name, error) {
	have, err := db.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	var tables []schema.Name
	for _, name := range names {
		n := schema.Name{Table: name}
		if before, after, ok := strings.Cut(name, "."); ok && have.Table(n) == nil {
			n = schema.Name{Schema: before, Table: after}
		}
		t := have.Table(n)
		if t == nil {
			return nil, fmt.Errorf("there is no table %s", name)
		}
		tables = append(tables, t.Name)
	}
	if len(names) == 0 {
		for _, t := range have.Tables {
			tables = append(tables, t.Name)
		}
	}
	return tables, nil
}
