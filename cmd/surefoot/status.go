package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
	"surefoot/executor"
)

type statusOptions struct {
	controlOptions
	format string
	watch  bool
}

func newStatusCommand(e *env) *cobra.Command {
	var o statusOptions
	cmd := newControlCommand(e, &o.controlOptions, func(ctx context.Context) error {
		return runStatus(ctx, e, o)
	})
	cmd.Use = "status [ID]"
	cmd.Short = "What runs, what ran, what it waits for"
	cmd.Long = "Show the runs of a database: where each stands, how far it is, what it waits for. It reads the journal, so it works from any machine that reaches the database."
	cmd.Example = `  surefoot status --db "$DATABASE_URL"
  surefoot status --db "$DATABASE_URL" --watch
  surefoot status --db "$DATABASE_URL" --format json 4f3a2b1c9d0e`
	choice(cmd, &o.format, "format", "how to print it", "text", "json")
	cmd.Flags().BoolVarP(&o.watch, "watch", "w", false, "show it anew every second, until all runs have ended or Ctrl-C")
	return cmd
}

func runStatus(ctx context.Context, e *env, o statusOptions) error {
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		runs, err := executor.Status(ctx, db, o.id)
		if ctx.Err() != nil && o.watch {
			return nil // Ctrl-C is how watching ends
		}
		if err != nil {
			return advised(ctx, db, err)
		}
		if o.watch && e.outTTY && o.format == "text" {
			_, _ = fmt.Fprint(e.out, "\x1b[H\x1b[2J")
		}
		if err := render.Status(e.out, runs, o.format, e.look(), e.now()); err != nil {
			return fmt.Errorf("print the status: %w", err)
		}
		if !o.watch || !anyLive(runs) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

func anyLive(runs []executor.RunStatus) bool {
	for _, r := range runs {
		if live(r) {
			return true
		}
	}
	return false
}

// live says that a run is not over.
func live(r executor.RunStatus) bool {
	return r.State != executor.Finished && r.State != executor.RolledBack
}
