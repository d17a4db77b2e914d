package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"surefoot/cmd/surefoot/render"
	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
	"surefoot/schema"
)

// demo plays one run in the open: the same binary, the same commands as anybody's.
type demo struct {
	env    *env
	self   string // this program
	dir    string
	url    string
	engine string
	table  string
	rows   int64
	keep   bool
	pool   *sql.DB
}

const (
	demoRun    = "demo"
	demoWindow = "demo-window"
)

func (d *demo) play(ctx context.Context) (err error) {
	started := time.Now()
	d.title("A table of %s rows", humanize.Comma(d.rows))
	if err := load.Seed(ctx, d.pool, d.engine, load.Int, d.table, d.rows); err != nil {
		return fmt.Errorf("make the table: %w", err)
	}
	defer func() {
		if d.engine != load.SQLite && !d.keep {
			err = errors.Join(err, d.clear())
		}
	}()
	d.say("%s: %s is ready after %s", d.engine, d.table, plan.Duration(time.Since(started).Milliseconds()))
	if err := d.compare(ctx); err != nil {
		return err
	}
	d.title("Writers begin")
	writers, err := load.Start(ctx, load.Options{
		URL: d.url, Table: d.table, Shape: load.Int, Rows: d.rows, Writers: 4, Rate: 300, Seed: 1,
		JournalPath: filepath.Join(d.dir, "writes.journal"),
	})
	if err != nil {
		return fmt.Errorf("start the writers: %w", err)
	}
	defer writers.Stop() //nolint:errcheck // the normal end stops them itself and looks
	d.say("4 writers insert, update, delete and upsert from here to the end; each write that is acknowledged goes into a journal")
	safe, err := d.change(ctx)
	if err != nil {
		return err
	}
	d.say("2 more seconds of writes: they go to the new table, and the old one is kept current")
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	if err := d.verdict(ctx, writers, safe); err != nil {
		return err
	}
	d.title("Done in %s", plan.Duration(time.Since(started).Milliseconds()))
	if d.keep {
		d.say("kept: %s, table %s, journal of writes in %s", withoutUser(d.url), d.table, d.dir)
	}
	return nil
}

// compare shows both ways of making the change, as surefoot compare does.
func (d *demo) compare(ctx context.Context) error {
	d.title("The change, both ways")
	d.say("%s;\n", d.changeSQL(d.table))
	db, err := (&liveFlags{db: d.url}).open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	have, err := db.Inspect(ctx)
	if err != nil {
		return err
	}
	t := &target{Dialect: db, db: db, have: have}
	c, err := (&sourceFlags{sql: d.changeSQL(d.table)}).read(ctx, d.env, t)
	if err != nil {
		return err
	}
	both, err := t.compare(ctx, c, d.env.config)
	if err != nil {
		return err
	}
	return render.Compare(d.env.out, both, "text", d.env.look())
}

// change runs the change in a child, kills it half way, and runs it again.
func (d *demo) change(ctx context.Context) (childRun, error) {
	args := []string{"run", "--yes", "--id", demoRun, "--sql", d.changeSQL(d.table)}
	d.title("Safe steps: surefoot run, killed half way")
	first, err := d.child(ctx, d.halfWay, args...)
	if err != nil {
		return first, err
	}
	if !first.killed {
		return first, errors.New("surefoot run ended before it could be killed")
	}
	d.say("SIGKILL after %s of %s rows; the writers did not notice", humanize.Comma(first.last.Rows), humanize.Comma(d.rows))
	d.title("The same command again")
	second, err := d.child(ctx, nil, args...)
	second.worked += first.worked
	return second, err
}

// childRun is what a child did.
type childRun struct {
	last   eventLine
	killed bool
	worked time.Duration // from its first word to its last
}

// child runs surefoot as a process of its own and shows what it tells. It is killed at the first
// event for which kill is true; nil: never.
func (d *demo) child(ctx context.Context, kill func(eventLine) bool, args ...string) (childRun, error) {
	var run childRun
	cmd := d.command(ctx, append(args, "--progress", "json")...)
	lines, err := cmd.StderrPipe()
	if err != nil {
		return run, err
	}
	if err := cmd.Start(); err != nil {
		return run, fmt.Errorf("start surefoot: %w", err)
	}
	view := render.Lines(d.env.out)
	if d.env.outTTY {
		view = render.Live(d.env.out, d.env.look())
	}
	var words []string
	var began time.Time
	scan := bufio.NewScanner(lines)
	scan.Buffer(nil, 1<<20)
	for !run.killed && scan.Scan() {
		var line eventLine
		if json.Unmarshal(scan.Bytes(), &line) != nil {
			words = append(words, scan.Text())
			view.Close()
			d.say("%s", scan.Text())
			continue
		}
		if began.IsZero() {
			began = line.Time
		}
		run.last, run.worked = line, line.Time.Sub(began)
		d.show(view, line)
		if kill != nil && kill(line) {
			run.killed = true
			_ = cmd.Process.Kill()
		}
	}
	view.Close()
	if err := cmd.Wait(); err != nil && !run.killed {
		return run, fmt.Errorf("surefoot %s: %w: %s", args[0], err, strings.Join(words, "\n"))
	}
	return run, nil
}

// halfWay says that the copy is half done, or will be before its next word.
func (d *demo) halfWay(line eventLine) bool {
	if line.Kind != string(schema.Fill) || line.Rows == 0 {
		return false
	}
	return line.Event == string(executor.StepDone) || line.Rows+int64(line.Rate) >= d.rows/2
}

func (d *demo) show(view render.Progress, line eventLine) {
	m := render.Moment{
		At: d.env.now(), Step: line.Step, Title: line.Title, Number: line.Number, Steps: line.Steps, Done: line.Rows,
		Rate: line.Rate, Backlog: line.Backlog, Waits: line.WaitsFor, Ended: line.Event == "done",
	}
	if line.Total != nil {
		m.Total = *line.Total
	}
	if m.Ended && line.Kind == string(schema.Verify) {
		m.Done = 0
	}
	if line.Event == "message" || line.Event == "warning" {
		m.Note = line.Text
	}
	if line.Event != "state" {
		view.Show(m)
	}
}

// command makes a child of this program; the address goes by environment, so that no password is
// in a process list.
func (d *demo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.self, args...)
	cmd.Dir = d.dir // no surefoot.yaml of somebody's project
	cmd.Env = append(os.Environ(), "SUREFOOT_DB="+d.url, "SUREFOOT_CONFIG=")
	return cmd
}

func pause(ctx context.Context, t time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(t):
		return nil
	}
}
