package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/rehearsal"
	"surefoot/schema"
)

// rehearseFlag says whether a live plan is rehearsed.
type rehearseFlag struct{ rehearse bool }

func (f *rehearseFlag) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.rehearse, "rehearse", true, "try the plan on twins of the tables before anything is begun")
}

// rehearse tries a plan on twins of its tables, and notes in the plan what was compared. The error
// says what the server refuses, or where the plan does not make what the server makes.
func (t *target) rehearse(ctx context.Context, c *change, p *plan.Plan, o planner.Options, wanted bool) error {
	switch {
	case len(p.Steps) == 0:
		return nil
	case t.db == nil:
		return p.Note(false, "there is no server")
	case !wanted:
		if err := t.refuses(ctx, c, o); err != nil {
			return err
		}
		return p.Note(false, "it was not wanted (--rehearse=false)")
	}
	words, err := t.perform(ctx, rehearsal.Request{Dialect: t.Dialect, Statements: c.statements, Plan: p, Options: o, Live: t.db.Pool()})
	var unfit *schema.Unfit
	if errors.As(err, &unfit) {
		tried, err := t.tryRows(ctx, c)
		if err != nil {
			return err
		}
		return p.Note(false, unfit.Reason+tried)
	}
	var deviation *rehearsal.Deviation
	if errors.As(err, &deviation) && p.Mode != plan.Window && p.Verdict != plan.IsSafe {
		reason, _, _ := strings.Cut(deviation.Reasons[0], ":\n")
		return p.Note(false, "the plan is "+string(p.Verdict)+" and is not run as it is; "+reason)
	}
	if err != nil {
		return err
	}
	return p.Note(true, t.scratch.words(words))
}

func (t *target) perform(ctx context.Context, r rehearsal.Request) (words string, err error) {
	err = t.onStage(ctx, &r, func([]schema.Name) error {
		words, err = rehearsal.Rehearse(ctx, r)
		return err
	})
	return words, err
}

// after says how the server leaves tables after the first n statements of a change; see
// planner.Options.
func (t *target) after(ctx context.Context, c *change, o planner.Options, n int) (tables []*schema.Table, err error) {
	r := rehearsal.Request{Dialect: t.Dialect, Statements: c.statements, Options: o, Live: t.db.Pool()}
	err = t.onStage(ctx, &r, func(names []schema.Name) error {
		r.Statements = c.statements[:n]
		tables, err = rehearsal.After(ctx, r, t.have, names)
		return err
	})
	return tables, err
}

// refuses gives the server's own refusal of a change of which no rehearsal is wanted, as far as it
// can be asked.
func (t *target) refuses(ctx context.Context, c *change, o planner.Options) error {
	_, err := t.after(ctx, c, o, len(c.statements))
	var unfit *schema.Unfit
	if errors.As(err, &unfit) {
		_, err = t.tryRows(ctx, c)
	}
	var refusal *schema.Refusal
	if errors.As(err, &refusal) {
		return err
	}
	return ctx.Err()
}

// tryRows asks the server what it says of the values that the tables have, where there is no rehearsal, and gives
// words for what it took.
func (t *target) tryRows(ctx context.Context, c *change) (string, error) {
	db, ok := t.db.(dialects.RowTrier)
	if !ok {
		return "", nil
	}
	rows, err := db.TryRows(ctx, t.have, rehearsal.Changed(t.have, c.statements), c.statements)
	var refusal *schema.Refusal
	switch {
	case errors.As(err, &refusal), ctx.Err() != nil:
		return "", err
	case err != nil || rows == 0: // as Probe, it needs the right to make tables
		return "", nil //nolint:nilerr // the plan says that it was not rehearsed
	}
	return fmt.Sprintf("; clones with %d rows of the tables take the statements", rows), nil
}

// onStage does something on a stage with twins of the tables that statements are about.
func (t *target) onStage(ctx context.Context, r *rehearsal.Request, do func(names []schema.Name) error) (err error) {
	names, after := rehearsal.Names(r.Statements), rehearsal.Changed(t.have, r.Statements)
	for i, n := range names {
		names[i] = t.have.Resolve(n)
	}
	clean, err := t.watched()
	if err != nil {
		return err
	}
	defer func() {
		if cleanErr := clean(); cleanErr != nil && err == nil {
			err = fmt.Errorf("leave the stage: %w", cleanErr)
		}
	}()
	r.Stage, err = dialects.Stage(ctx, t.db, t.have, after, names)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := r.Stage.Close(context.WithoutCancel(ctx)); closeErr != nil && err == nil {
			err = fmt.Errorf("leave the stage: %w", closeErr)
		}
	}()
	return do(names)
}
