package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"surefoot/executor"
)

// controlOptions are those of the commands that tell a run something.
type controlOptions struct {
	liveFlags
	id string // empty: the only run that is not over
}

// newControlCommand makes a command that takes the name of a run.
func newControlCommand(e *env, o *controlOptions, body func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		GroupID: groupAct,
		Args:    cobra.MaximumNArgs(1),
		RunE: action(e, func(ctx context.Context, args []string) error {
			if len(args) == 1 {
				o.id = args[0]
			}
			return body(ctx)
		}),
	}
	o.liveFlags.add(cmd)
	addConfig(cmd)
	return cmd
}

// tell writes a command into the journal, where the process that works on the run reads it.
func (o *controlOptions) tell(ctx context.Context, e *env, c executor.Command, said string) error {
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := executor.Send(ctx, db, o.id, c); err != nil {
		return advised(ctx, db, err)
	}
	_, err = fmt.Fprintln(e.err, said)
	return err
}

func newPauseCommand(e *env) *cobra.Command {
	var o controlOptions
	cmd := newControlCommand(e, &o, func(ctx context.Context) error {
		return o.tell(ctx, e, executor.Command{Word: "pause"}, "told: the run rests until surefoot resume; where a copy is under way, changed rows are noted meanwhile")
	})
	cmd.Use = "pause [ID]"
	cmd.Short = "Let a run rest until resume"
	cmd.Long = "Let a run rest until surefoot resume. Where a copy is under way, changed rows are noted meanwhile, so nothing is lost."
	cmd.Example = `  surefoot pause --db "$DATABASE_URL"
  surefoot pause --db "$DATABASE_URL" 4f3a2b1c9d0e`
	return cmd
}

type throttleOptions struct {
	controlOptions
	ratio float64
}

func newThrottleCommand(e *env) *cobra.Command {
	var o throttleOptions
	cmd := newControlCommand(e, &o.controlOptions, func(ctx context.Context) error {
		return o.tell(ctx, e, executor.Command{Word: "throttle", Ratio: o.ratio},
			fmt.Sprintf("told: after each chunk a rest of %g times what it took", o.ratio))
	})
	cmd.Use = "throttle [ID] --ratio N"
	cmd.Short = "Make a run slower or faster"
	cmd.Long = `Let a run rest after each chunk, as a multiple of the time that the chunk took: 1 halves its speed,
4 leaves it a fifth, 0 lets it go at full speed.`
	cmd.Example = `  surefoot throttle --db "$DATABASE_URL" --ratio 1
  surefoot throttle --db "$DATABASE_URL" --ratio 0`
	cmd.Flags().Float64Var(&o.ratio, "ratio", 1, "rest after each chunk as a multiple of its time; 0: none")
	return cmd
}

func newAbortCommand(e *env) *cobra.Command {
	var o controlOptions
	cmd := newControlCommand(e, &o, func(ctx context.Context) error {
		return o.tell(ctx, e, executor.Command{Word: "abort"},
			"told: its process stops at the next safe point; run continues it, rollback takes it back")
	})
	cmd.Use = "abort [ID]"
	cmd.Short = "Stop a run's process; the run can be continued or rolled back"
	cmd.Long = "Stop the process that works on a run. What is done stays, and where a copy is under way the database goes on noting changed rows: continue with surefoot run or surefoot resume, or take it back with surefoot rollback."
	cmd.Example = `  surefoot abort --db "$DATABASE_URL"`
	return cmd
}

// conductOptions are those of the commands that may go on with a run in this process.
type conductOptions struct {
	controlOptions
	conductFlags
}

// newConductCommand makes a command that tells a run something and, where no process works on it,
// does it here. One that goes forward keeps to the window; the way back is always open.
func newConductCommand(e *env, o *conductOptions, forward bool, act func(context.Context, executor.Server, string, executor.Options) (executor.Outcome, error)) *cobra.Command {
	cmd := newControlCommand(e, &o.controlOptions, func(ctx context.Context) error {
		if err := o.conductFlags.check(); err != nil {
			return err
		}
		db, err := o.liveFlags.open(ctx)
		if err != nil {
			return err
		}
		defer db.Close()
		r := &running{env: e, db: db, flags: o.conductFlags}
		work := func(ctx context.Context, opts executor.Options) (executor.Outcome, error) {
			return act(ctx, db, o.id, opts)
		}
		if forward {
			return r.goOn(ctx, o.id, work)
		}
		return r.with(ctx, o.id, func(opts executor.Options) (executor.Outcome, error) { return work(ctx, opts) })
	})
	o.conductFlags.add(cmd)
	return cmd
}

func newContinueCommand(e *env) *cobra.Command {
	var o conductOptions
	cmd := newConductCommand(e, &o, true, executor.Continue)
	cmd.Use = "continue [ID]"
	cmd.Short = "The application is deployed: go on past a hold"
	cmd.Long = "Let a run go past the hold at which it stands. Where a process waits there (run --wait) it goes on; otherwise this command does."
	cmd.Example = `  surefoot continue --db "$DATABASE_URL"`
	return cmd
}

func newRollbackCommand(e *env) *cobra.Command {
	var o conductOptions
	cmd := newConductCommand(e, &o, false, executor.Rollback)
	cmd.Use = "rollback [ID]"
	cmd.Short = "Take a run back, before or after the cut-over; what that loses the plan says"
	cmd.Long = `Take a run back step by step until the database is as it was, with every write that was made since.
After the cut-over this goes back to the old table, which is kept current until surefoot finish.`
	cmd.Example = `  surefoot rollback --db "$DATABASE_URL"
  surefoot rollback --db "$DATABASE_URL" 4f3a2b1c9d0e`
	return cmd
}

func newFinishCommand(e *env) *cobra.Command {
	var o conductOptions
	cmd := newConductCommand(e, &o, false, executor.Finish)
	cmd.Use = "finish [ID]"
	cmd.Short = "Drop the old table after the cut-over; from there on there is no way back"
	cmd.Long = "Contract: stop keeping the old table current and drop it, with all that the run made. From there on there is no rollback."
	cmd.Example = `  surefoot finish --db "$DATABASE_URL"`
	return cmd
}
