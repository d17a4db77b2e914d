package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"surefoot/cmd/surefoot/render"
	"surefoot/load"
	"surefoot/plan"
)

// twin is the table that is changed in a maintenance window.
func (d *demo) twin() string { return d.table + "_window" }

// window makes the same change the other way, on a second table with the same rows and without
// writers, measures the outage it would have been, and compares the two results.
func (d *demo) window(ctx context.Context, journal *load.Journal, safe childRun, report load.Report) error {
	d.title("The other way: a maintenance window")
	if err := journal.Control(ctx, d.pool, d.twin()); err != nil {
		return fmt.Errorf("make a second table with the same rows: %w", err)
	}
	d.say("%s: the same rows in a second table, changed by surefoot run --mode window", d.twin())
	other, err := d.child(ctx, nil, "run", "--yes", "--mode", "window", "--id", demoWindow, "--sql", d.changeSQL(d.twin()))
	if err != nil {
		return err
	}
	if err := d.same(ctx); err != nil {
		return err
	}
	d.title("Both ways, as measured")
	ms := func(t time.Duration) string { return plan.Duration(t.Milliseconds()) }
	return render.Table(d.env.out, d.env.look(), []string{"", "safe steps", "maintenance window"}, [][]string{
		{"took", ms(safe.worked) + ", killed once", ms(other.worked)},
		{"writers blocked", "never longer than " + ms(report.LongestStall.Length), "all of it: " + ms(other.worked)},
		{"writes meanwhile", humanize.Comma(report.Ops) + ", none failed, none lost", "none possible"},
		{"way back", "until finish, no write lost", "another such window"},
		{"result", "the same table", "the same table"},
	})
}

// same compares both results, rows and definition.
func (d *demo) same(ctx context.Context) error {
	rows, err := load.CompareTables(ctx, d.pool, d.engine, d.table, d.twin(), load.Int.KeyColumns())
	if err != nil {
		return fmt.Errorf("compare both results: %w", err)
	}
	if !rows.Equal() {
		return errors.New("the two ways gave different rows: " + rows.String())
	}
	var text [2]string
	for i, table := range []string{d.table, d.twin()} {
		if text[i], err = load.Definition(ctx, d.pool, d.engine, table); err != nil {
			return fmt.Errorf("compare both results: %w", err)
		}
	}
	if text[0] != text[1] {
		return fmt.Errorf("the two ways gave different tables:\n%s\n%s", text[0], text[1])
	}
	d.say("both ways gave the same table: every row, every value, and the definition")
	return nil
}
