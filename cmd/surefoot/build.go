package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// options gives what steers planning: the mode, the limits of surefoot.yaml, measured speeds, and
// the live server's answers.
func (t *target) options(ctx context.Context, mode string, c config) (planner.Options, error) {
	o := planner.Options{Mode: plan.Mode(mode), Limits: planner.DefaultLimits()}
	if c.MaxBlock != "" {
		d, err := time.ParseDuration(c.MaxBlock)
		if err != nil || d < 0 {
			return o, usagef("%s: max_block: %q is not a time such as 1s", c.path, c.MaxBlock)
		}
		o.Limits.MaxBlockMS = d.Milliseconds()
	}
	if c.LargeTable != "" {
		rows, bytes, err := parseLarge(c.LargeTable)
		if err != nil {
			return o, usagef("%s: large_table: %v", c.path, err)
		}
		o.Limits.LargeRows, o.Limits.LargeBytes = rows, bytes
	}
	o.Rates = t.facts.rates()
	if t.db != nil {
		o.Probe = remembered(func(n schema.Native, s *schema.Schema) (plan.Effect, error) { return t.db.Probe(ctx, n, s) })
	}
	return o, nil
}

// remembered asks about each statement once for each state of its table.
func remembered(probe func(schema.Native, *schema.Schema) (plan.Effect, error)) func(schema.Native, *schema.Schema) (plan.Effect, error) {
	type answer struct {
		effect plan.Effect
		err    error
	}
	said := map[string]answer{}
	return func(n schema.Native, s *schema.Schema) (plan.Effect, error) {
		key := n.SQL
		if t := s.Table(n.Name); t != nil {
			key = fmt.Sprint(t.Name, t.Foretold, len(t.Applied), " ", key)
		}
		for _, c := range n.Clauses {
			text, err := json.Marshal(c)
			if err != nil {
				return probe(n, s)
			}
			key += fmt.Sprintf(" %T %s", c, text)
		}
		a, asked := said[key]
		if !asked {
			a.effect, a.err = probe(n, s)
			said[key] = a
		}
		return a.effect, a.err
	}
}

// build plans a change, and rehearses the plan where that is wanted and can be done.
func (t *target) build(ctx context.Context, c *change, mode string, cfg config, rehearse bool) (*plan.Plan, error) {
	o, err := t.options(ctx, mode, cfg)
	if err != nil {
		return nil, err
	}
	o.NotCompared = c.notCompared
	if t.db != nil {
		asked := o
		o.After = func(n int) ([]*schema.Table, error) { return t.after(ctx, c, asked, n) }
	}
	p, err := planner.Build(c.statements, t.have, t.Dialect, o)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := p.Of(c.asked(p.Statements)); err != nil {
		return nil, err
	}
	if err := t.rehearse(ctx, c, p, o, rehearse); err != nil {
		return nil, err
	}
	return t.scratch.plan(p)
}

// planned is the road from flags to a plan that plan, compare and run share.
func planned(ctx context.Context, e *env, from *sourceFlags, at *targetFlags, mode string, rehearse bool) (*plan.Plan, *target, error) {
	t, c, err := opened(ctx, e, from, at)
	if err != nil {
		return nil, nil, err
	}
	p, err := t.build(ctx, c, mode, e.config, rehearse)
	if err != nil {
		t.close()
		return nil, nil, t.scratch.error(err)
	}
	return p, t, nil
}

// opened opens the target and reads the change that it is to get.
func opened(ctx context.Context, e *env, from *sourceFlags, at *targetFlags) (*target, *change, error) {
	if err := from.check(e.config); err != nil {
		return nil, nil, err
	}
	t, err := at.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := from.read(ctx, e, t)
	if err != nil {
		t.close()
		return nil, nil, t.scratch.error(err)
	}
	return t, c, nil
}

var errNoNumber = errors.New("write it as 100k rows or 64 MB")

// parseLarge reads "100k rows or 64 MB"; either half may be missing.
func parseLarge(s string) (rows, bytes int64, err error) {
	l := planner.DefaultLimits()
	rows, bytes = l.LargeRows, l.LargeBytes
	for _, half := range splitOr(s) {
		n, unit, ok := numberAndUnit(half)
		if !ok {
			return 0, 0, fmt.Errorf("%q: %w", s, errNoNumber)
		}
		if unit == "rows" || unit == "row" {
			rows = n
			continue
		}
		bytes = n
	}
	return rows, bytes, nil
}
