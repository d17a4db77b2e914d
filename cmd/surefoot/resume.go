package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"surefoot/executor"
)

func newResumeCommand(e *env) *cobra.Command {
	var o conductOptions
	cmd := newControlCommand(e, &o.controlOptions, func(ctx context.Context) error {
		return runResume(ctx, e, o)
	})
	cmd.Use = "resume [ID]"
	cmd.Short = "Let a paused run work again, or continue one that stopped"
	cmd.Long = "End a pause. Where no process works on the run any more (it was stopped, killed, or failed) this command continues it from the plan in its journal."
	cmd.Example = `  surefoot resume --db "$DATABASE_URL"`
	o.conductFlags.add(cmd)
	return cmd
}

func runResume(ctx context.Context, e *env, o conductOptions) error {
	if err := o.conductFlags.check(); err != nil {
		return err
	}
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := executor.Send(ctx, db, o.id, executor.Command{Word: "resume"}); err != nil {
		return advised(ctx, db, err)
	}
	runs, err := executor.Status(ctx, db, o.id)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if live(r) && r.By != "" {
			_, err := fmt.Fprintf(e.err, "told: run %s goes on in %s\n", r.ID, r.By)
			return err
		}
	}
	r := &running{env: e, db: db, flags: o.conductFlags}
	return r.resume(ctx, o.id)
}
