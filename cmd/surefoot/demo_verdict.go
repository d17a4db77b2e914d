package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/dustin/go-humanize"

	"surefoot/load"
	"surefoot/plan"
)

// verdict stops the writers, compares the table with the journal of writes, finishes, and compares
// again.
func (d *demo) verdict(ctx context.Context, writers *load.Load, safe childRun) error {
	d.title("Was a write lost?")
	report, err := writers.Stop()
	if err != nil {
		return fmt.Errorf("stop the writers: %w", err)
	}
	d.say("%s writes acknowledged in %s, %d failed; the longest wait of any writer was %s",
		humanize.Comma(report.Ops), plan.Duration(report.Elapsed.Milliseconds()), report.ErrorCount, plan.Duration(report.LongestStall.Length.Milliseconds()))
	if err := report.Err(); err != nil {
		return err
	}
	if err := d.verify(ctx, writers.Journal()); err != nil {
		return err
	}
	d.title("surefoot finish")
	out, err := d.command(ctx, "finish", "--progress", "none", demoRun).CombinedOutput()
	if err != nil {
		return fmt.Errorf("surefoot finish: %w\n%s", err, out)
	}
	d.say("%s", strings.TrimSpace(string(out)))
	if err := d.verify(ctx, writers.Journal()); err != nil {
		return err
	}
	return d.window(ctx, writers.Journal(), safe, report)
}

// verify compares every row with the journal of acknowledged writes.
func (d *demo) verify(ctx context.Context, journal *load.Journal) error {
	diff, err := journal.Verify(ctx, d.pool)
	if err != nil {
		return fmt.Errorf("compare the table with the journal of writes: %w", err)
	}
	if !diff.Empty() {
		return exitWith(exitFailed, errors.New("writes were lost or changed: "+diff.String()), "please report this with the output above")
	}
	d.say("%s rows compared with the journal, %s of them written meanwhile: no write was lost, none came twice",
		humanize.Comma(diff.Rows), humanize.Comma(int64(journal.Touched())))
	return nil
}

// clear takes the demo's tables away on a server of somebody's, and the run that was cut off.
func (d *demo) clear() error {
	ctx := context.Background()
	for _, id := range []string{demoRun, demoWindow} {
		_ = d.command(ctx, "rollback", "--progress", "none", id).Run() // it is over, or never began
	}
	_, err := d.pool.ExecContext(ctx, "DROP TABLE IF EXISTS "+d.table)
	_, err2 := d.pool.ExecContext(ctx, "DROP TABLE IF EXISTS "+d.twin())
	return errors.Join(err, err2)
}

// withoutUser shows an address without user and password.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the database"
	}
	u.User = nil
	return u.String()
}
