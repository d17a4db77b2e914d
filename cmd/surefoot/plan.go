package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
)

type planOptions struct {
	sourceFlags
	targetFlags
	rehearseFlag
	wayFlags
	format   string
	out      string
	exitCode bool
	verbose  bool
}

func newPlanCommand(e *env) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:     "plan [FILE…|DIR|-]",
		Short:   "Show the steps of a change, what each blocks, and what it costs",
		GroupID: groupThink,
		Long: `Show the steps that make a change: what each runs, whom it blocks and for how long, and how it is
taken back. Nothing is changed. What is shown is what surefoot run carries out.

With --exit-code the exit code is 0 when nothing is to be done and 2 when there are steps.`,
		Example: `  surefoot plan --db postgres://app@localhost/shop 0042_orders.sql
  surefoot plan --db sqlite:shop.db --sql 'ALTER TABLE orders ADD COLUMN note text' --verbose
  surefoot plan --dialect mysql --server-version 9.7.0 --schema schema.sql --stats stats.json migrations/
  surefoot plan --scratch mysql://root@localhost --schema schema.sql 0042_orders.sql
  surefoot plan --db "$DATABASE_URL" --to schema.sql --out plan.json
  surefoot plan --db "$DATABASE_URL" --mode window --format markdown 0042_orders.sql`,
		RunE: action(e, func(ctx context.Context, args []string) error {
			o.files = args
			return runPlan(ctx, e, o)
		}),
	}
	o.sourceFlags.add(cmd)
	o.targetFlags.add(cmd)
	o.addScratch(cmd)
	o.rehearseFlag.add(cmd)
	o.wayFlags.add(cmd)
	addConfig(cmd)
	choice(cmd, &o.format, "format", "how to print it", "text", "json", "markdown", "html")
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "also write the plan as JSON to `FILE`, for surefoot run --plan")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 2 when there are steps to run")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "show the SQL of every step, its proof and its way back")
	return cmd
}

// wayFlags say how a change is to be made; the plan has it from then on.
type wayFlags struct{ mode, capture string }

func (f *wayFlags) add(cmd *cobra.Command) {
	choice(cmd, &f.mode, "mode", "rewrite unsafe changes into safe steps, or plan a maintenance window", "safe", "window")
	choice(cmd, &f.capture, "capture", "where the keys of changed rows come from", "auto", "triggers", "stream")
}

// check says what is wrong with the flags, before anything is opened.
func (f *wayFlags) check() error {
	if f.capture == "stream" {
		return usagef("--capture stream: this version captures with triggers only")
	}
	return nil
}

func addConfig(cmd *cobra.Command) {
	cmd.Flags().String("config", "", "settings `FILE` (default surefoot.yaml of this folder, if there is one)")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
}

func runPlan(ctx context.Context, e *env, o planOptions) error {
	if err := o.wayFlags.check(); err != nil {
		return err
	}
	p, t, err := planned(ctx, e, &o.sourceFlags, &o.targetFlags, o.mode, o.rehearse)
	if err != nil {
		return err
	}
	defer t.close()
	if o.out != "" {
		if err := writeFile(o.out, func(f *os.File) error { return render.JSON(f, p) }); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(e.err, "wrote the plan to %s; carry it out with: surefoot run --plan %s\n", o.out, o.out)
	}
	if err := render.Plan(e.out, p, o.format, e.look(), o.verbose); err != nil {
		return fmt.Errorf("print the plan: %w", err)
	}
	t.others(ctx, e, p)
	if o.exitCode && len(p.Steps) > 0 {
		return quietly(exitFindings)
	}
	return nil
}

// look says what results may show.
func (e *env) look() render.Look { return render.Look{Colour: e.colours(), Width: e.outWidth} }

// writeFile creates a file, or writes an existing one anew.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
