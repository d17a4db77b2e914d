package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
	"surefoot/plan"
	"surefoot/planner"
)

type compareOptions struct {
	sourceFlags
	targetFlags
	format string
}

func newCompareCommand(e *env) *cobra.Command {
	var o compareOptions
	cmd := &cobra.Command{
		Use:     "compare [FILE…|DIR|-]",
		Short:   "Weigh safe steps against a maintenance window",
		GroupID: groupThink,
		Long: `Show the safe steps beside the maintenance window: how many steps and deploys, who is blocked for
how long, disk, way back, costs, and which of the two is recommended and why. What an hour, a
deploy and a minute of outage cost your team stands in surefoot.yaml under costs.`,
		Example: `  surefoot compare --db postgres://app@localhost/shop 0042_orders.sql
  surefoot compare --dialect mariadb --server-version 11.8.2 --stats stats.json 0042_orders.sql
  surefoot compare --db "$DATABASE_URL" --format markdown --sql 'ALTER TABLE orders MODIFY id bigint'`,
		RunE: action(e, func(ctx context.Context, args []string) error {
			o.files = args
			return runCompare(ctx, e, o)
		}),
	}
	o.sourceFlags.add(cmd)
	o.targetFlags.add(cmd)
	addConfig(cmd)
	choice(cmd, &o.format, "format", "how to print it", "text", "json", "markdown", "html")
	return cmd
}

func runCompare(ctx context.Context, e *env, o compareOptions) error {
	t, c, err := opened(ctx, e, &o.sourceFlags, &o.targetFlags)
	if err != nil {
		return err
	}
	defer t.close()
	both, err := t.compare(ctx, c, e.config)
	if err != nil {
		return err
	}
	if err := render.Compare(e.out, both, o.format, e.look()); err != nil {
		return fmt.Errorf("print the comparison: %w", err)
	}
	return nil
}

func (t *target) compare(ctx context.Context, c *change, cfg config) (planner.Comparison, error) {
	safe, err := t.build(ctx, c, string(plan.Safe), cfg, false)
	if err != nil {
		return planner.Comparison{}, err
	}
	window, err := t.build(ctx, c, string(plan.Window), cfg, false)
	if err != nil {
		return planner.Comparison{}, err
	}
	return planner.Compare(safe, window, cfg.prices()), nil
}

// prices are the team's own where surefoot.yaml states them.
func (c config) prices() planner.Prices {
	p := planner.DefaultPrices()
	for _, set := range []struct {
		to   *float64
		from float64
	}{
		{&p.EngineerHour, c.Costs.EngineerHour},
		{&p.Deploy, c.Costs.Deploy},
		{&p.PartialMinute, c.Costs.PartialMinute},
		{&p.FullMinute, c.Costs.FullMinute},
	} {
		if set.from > 0 {
			*set.to = set.from
		}
	}
	return p
}
