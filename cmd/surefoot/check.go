package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
	"surefoot/gate"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

type checkOptions struct {
	sourceFlags
	targetFlags
	rehearseFlag
	format string
	failOn string
}

func newCheckCommand(e *env) *cobra.Command {
	o := checkOptions{sourceFlags: sourceFlags{each: true}}
	cmd := &cobra.Command{
		Use:     "check [FILE…|DIR|-]",
		Short:   "The CI gate: find changes that would stop an application or lose data",
		GroupID: groupThink,
		Long: `Say which statements would block, break or lose something, for how long, and what to do instead.
Exits with 2 when a finding is at or above --fail-on.

A comment on the line before a statement silences a rule, with a reason and, if you like, a date:

  -- surefoot:ignore change-type until=2027-01-31 table is empty until launch`,
		Example: `  surefoot check --dialect postgres --server-version 15.18 migrations/
  surefoot check --dialect mysql --server-version 9.7.0 --stats stats.json --format sarif migrations/ >findings.sarif
  surefoot check --db "$DATABASE_URL" --fail-on warning 0042_orders.sql
  surefoot check --scratch postgres://postgres@localhost --schema schema.sql migrations/
  git diff --name-only --diff-filter=A main -- '*.sql' | xargs surefoot check --dialect postgres --server-version 15.18`,
		RunE: action(e, func(ctx context.Context, args []string) error {
			o.files = args
			return runCheck(ctx, e, o)
		}),
	}
	o.sourceFlags.add(cmd)
	o.targetFlags.add(cmd)
	o.addScratch(cmd)
	o.rehearseFlag.add(cmd)
	addConfig(cmd)
	choice(cmd, &o.format, "format", "how to print it", render.CheckFormats()...)
	choice(cmd, &o.failOn, "fail-on", "exit with 2 from this severity on", "error", "warning", "note", "never")
	return cmd
}

func runCheck(ctx context.Context, e *env, o checkOptions) error {
	t, c, err := opened(ctx, e, &o.sourceFlags, &o.targetFlags)
	if err != nil {
		return err
	}
	defer t.close()
	checked, verdict, err := t.check(ctx, e, c, o.rehearse)
	if err != nil {
		return t.scratch.error(err)
	}
	if err := render.Check(e.out, checked, o.format, e.look()); err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	if o.failOn != "never" && verdict.Fails(plan.Severity(o.failOn)) {
		return quietly(exitFindings)
	}
	return nil
}

// check asks which rules fire.
func (t *target) check(ctx context.Context, e *env, c *change, rehearse bool) (*render.Checked, gate.Verdict, error) {
	var none gate.Verdict
	o, err := t.options(ctx, string(plan.Safe), e.config)
	if err != nil {
		return nil, none, err
	}
	levels := gate.Levels(e.config.Rules)
	if err := levels.Check(); err != nil {
		return nil, none, usagef("%s: %v", e.config.path, err)
	}
	r := gate.Request{
		Statements: c.statements, Unread: c.unread, Today: e.now().Format("2006-01-02"), Levels: levels,
		Have: t.have, Dialect: t.Dialect, Options: o, Words: t.scratch.findings,
	}
	if rehearse && t.db != nil {
		r.Rehearse = func(p *plan.Plan, o planner.Options) error { return t.rehearse(ctx, c, p, o, true) }
	}
	for _, tx := range c.read() {
		r.Comments = append(r.Comments, gate.Suppressions(tx.file, tx.sql)...)
	}
	v, err := gate.Check(r)
	if err != nil {
		return nil, none, err
	}
	out := &render.Checked{Format: plan.Format, Findings: v.Findings, Summary: c.summary(v)}
	for _, tx := range c.texts {
		out.Files = append(out.Files, tx.file)
	}
	return out, v, nil
}

// summary counts. What nobody understood are whole files and single statements.
func (c *change) summary(v gate.Verdict) render.Summary {
	s := render.Summary{Files: len(c.texts), Statements: len(c.statements), Unparsed: len(c.unread), Suppressed: v.Suppressed}
	for _, st := range c.statements {
		for _, ch := range st.Changes {
			if v, ok := ch.(schema.Verbatim); ok && !v.Known {
				s.Unparsed++
				break
			}
		}
	}
	for _, f := range v.Findings {
		switch f.Severity {
		case plan.Error:
			s.Errors++
		case plan.Warning:
			s.Warnings++
		case plan.Note:
			s.Notes++
		}
	}
	return s
}
