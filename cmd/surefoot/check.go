package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
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
	checked, err := t.check(ctx, e, c, o.rehearse)
	if err != nil {
		return t.scratch.error(err)
	}
	if err := render.Check(e.out, checked, o.format, e.look()); err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	for _, f := range checked.Findings {
		if o.failOn != "never" && rank(f.Severity) >= rank(plan.Severity(o.failOn)) {
			return quietly(exitFindings)
		}
	}
	return nil
}

// check asks which rules fire.
func (t *target) check(ctx context.Context, e *env, c *change, rehearse bool) (*render.Checked, error) {
	o, err := t.options(ctx, string(plan.Safe), e.config)
	if err != nil {
		return nil, err
	}
	o.Gate = true
	have := t.have
	if len(c.unread) > 0 {
		have = guessed(have)
	}
	p, err := planner.Build(c.statements, have, t.Dialect, o)
	if err != nil {
		return nil, err
	}
	if rehearse && t.db != nil {
		f, err := t.unrehearsed(ctx, c, o)
		if err != nil {
			return nil, err
		}
		p.Findings = append(p.Findings, f...)
	}
	for _, f := range p.Findings {
		if len(f.Instead) == 0 && t.have.Partial {
			f.Instead = []string{"the safe steps depend on the table: name its schema with --schema, --stats or --db"}
		}
	}
	for _, u := range c.unread {
		p.Findings = append(p.Findings, u.finding())
	}
	t.scratch.findings(p.Findings)
	findings, err := e.config.graded(p.Findings)
	if err != nil {
		return nil, err
	}
	var comments []*planner.Suppression
	for _, tx := range c.read() {
		comments = append(comments, planner.Suppressions(tx.file, tx.sql)...)
	}
	kept, suppressed := planner.Suppress(findings, comments, e.now().Format("2006-01-02"))
	out := &render.Checked{Format: plan.Format, Findings: kept}
	if kept == nil {
		out.Findings = []*plan.Finding{}
	}
	out.Summary = c.summary(kept)
	out.Summary.Suppressed = suppressed
	for _, tx := range c.texts {
		out.Files = append(out.Files, tx.file)
	}
	return out, nil
}

// summary counts. What nobody understood are whole files and single statements.
func (c *change) summary(kept []*plan.Finding) render.Summary {
	s := render.Summary{Files: len(c.texts), Statements: len(c.statements), Unparsed: len(c.unread)}
	for _, st := range c.statements {
		for _, ch := range st.Changes {
			if v, ok := ch.(schema.Verbatim); ok && !v.Known {
				s.Unparsed++
				break
			}
		}
	}
	for _, f := range kept {
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

// graded applies the rules section of surefoot.yaml: another severity, or off.
func (c config) graded(findings []*plan.Finding) ([]*plan.Finding, error) {
	for rule, level := range c.Rules {
		if level != "off" && rank(plan.Severity(level)) == 0 {
			return nil, usagef("%s: rules: %s: %q is not one of off, note, warning, error", c.path, rule, level)
		}
	}
	var kept []*plan.Finding
	for _, f := range findings {
		level := c.Rules[f.Rule]
		if level == "off" {
			continue
		}
		if level != "" {
			f.Severity = plan.Severity(level)
		}
		kept = append(kept, f)
	}
	return kept, nil
}

// rank orders severities; 0 is none of them.
func rank(s plan.Severity) int {
	return map[plan.Severity]int{plan.Note: 1, plan.Warning: 2, plan.Error: 3}[s]
}
