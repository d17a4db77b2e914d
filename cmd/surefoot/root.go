package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, e *env, args []string) int {
	root := newRootCommand(e)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var ran *ranError
	if err != nil && !errors.As(err, &ran) {
		// cobra found the mistake before any command began
		err = &usageError{err.Error()}
	}
	if code, hint := judge(err); code == exitStopped && errors.Is(err, context.Canceled) {
		err = exitWith(code, errInterrupted, hint)
	}
	return report(e.err, err)
}

// ranError marks an error as one of a command that began, not one of the command line.
type ranError struct{ error }

func (e *ranError) Unwrap() error { return e.error }

func newRootCommand(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "surefoot",
		Short: "Change the schema of live databases, safely or in a maintenance window",
		Long: `Surefoot turns a schema change into a plan of safe steps, shows what each step blocks and
costs, carries the plan out on a live database, and takes it back when you want.
PostgreSQL, MySQL, MariaDB and SQLite.

A plan is a list of steps. A step is SQL, the proof that it took effect, and the way back.`,
		Example: `  surefoot demo
  surefoot plan --db postgres://app@localhost/shop --sql 'ALTER TABLE orders ALTER COLUMN id TYPE bigint'
  surefoot check --dialect mysql --server-version 9.7.0 migrations/
  surefoot run --db "$DATABASE_URL" 0042_orders.sql`,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		Args:                       known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	root.AddGroup(
		&cobra.Group{ID: groupThink, Title: "Before:"},
		&cobra.Group{ID: groupAct, Title: "Run and control:"},
		&cobra.Group{ID: groupLook, Title: "Look around:"},
	)
	root.AddCommand(
		newPlanCommand(e), newCheckCommand(e), newCompareCommand(e),
		newRunCommand(e), newStatusCommand(e),
		newPauseCommand(e), newResumeCommand(e), newThrottleCommand(e), newAbortCommand(e),
		newContinueCommand(e), newRollbackCommand(e), newFinishCommand(e),
		newDoctorCommand(e), newStatsCommand(e), newDemoCommand(e), newVersionCommand(e), newSweepCommand(e),
	)
	return root
}

// known refuses what is no command, with those that look like it.
func known(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	msg := fmt.Sprintf("unknown command %q", args[0])
	if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		msg += "; did you mean " + strings.Join(like, " or ") + "?"
	}
	return &usageError{msg}
}

const (
	groupThink = "think"
	groupAct   = "act"
	groupLook  = "look"
)

// action makes a cobra function of a command's body: it reads the settings that flags left open
// from the environment and surefoot.yaml, and marks errors as the command's own.
func action(e *env, body func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := e.settle(cmd)
		if err == nil {
			err = body(cmd.Context(), args)
		}
		if err != nil {
			return &ranError{err}
		}
		return nil
	}
}
