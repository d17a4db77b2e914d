package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
)

type statsOptions struct {
	liveFlags
	out string
}

func newStatsCommand(e *env) *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:     "stats",
		Short:   "Write the schema and its sizes to a file, for plans without a database",
		GroupID: groupLook,
		Args:    cobra.NoArgs,
		Long: `Write what planning needs to know of a database: server version, tables, indexes, constraints and
sizes. No rows and no credentials are in it, so that CI can plan, check and compare with --stats.`,
		Example: `  surefoot stats --db "$DATABASE_URL" --out stats.json
  surefoot check --stats stats.json migrations/`,
		RunE: action(e, func(ctx context.Context, _ []string) error {
			return runStats(ctx, e, o)
		}),
	}
	o.liveFlags.add(cmd)
	addConfig(cmd)
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write to `FILE` (default: standard output)")
	return cmd
}

func runStats(ctx context.Context, e *env, o statsOptions) error {
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	schema, err := db.Inspect(ctx)
	if err != nil {
		return err
	}
	fx := factsOf(schema, e.now())
	if o.out == "" {
		return render.JSON(e.out, fx)
	}
	if err := writeFile(o.out, func(f *os.File) error { return render.JSON(f, fx) }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.err, "wrote the facts of %d tables to %s\n", len(fx.Sizes), o.out)
	return err
}
