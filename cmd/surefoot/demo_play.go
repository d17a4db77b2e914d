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

	"surefoot/bench/load"
	"surefoot/cmd/surefoot/render"
	"surefoot/executor"
	"surefoot/planner"
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

const demoRun = "demo"

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
	d.say("%s: %s is ready after %s", d.engine, d.table, planner.Duration(time.Since(started).Milliseconds()))
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
	if err := d.change(ctx); err != nil {
		return err
	}
	d.say("2 more seconds of writes: they go to the new table, and the old one is kept current")
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	if err := d.verdict(ctx, writers); err != nil {
		return err
	}
	d.title("Done in %s", planner.Duration(time.Since(started).Milliseconds()))
	if d.keep {
		d.say("kept: %s, table %s, journal of writes in %s", withoutUser(d.url), d.table, d.dir)
	}
	return nil
}

// compare shows both ways of making the change, as surefoot compare does.
func (d *demo) compare(ctx context.Context) error {
	d.title("The change, both ways")
	d.say("%s;\n", d.changeSQL())
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
	c, err := (&sourceFlags{sql: d.changeSQL()}).read(ctx, d.env, t)
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
func (d *demo) change(ctx context.Context) error {
	d.title("Safe steps: surefoot run, killed half way")
	killed, err := d.child(ctx, true)
	if err != nil {
		return err
	}
	d.say("SIGKILL after %s of %s rows; the writers did not notice", humanize.Comma(killed.Rows), humanize.Comma(d.rows))
	d.title("The same command again")
	if _, err := d.child(ctx, false); err != nil {
		return err
	}
	return nil
}

// child runs surefoot run as a process of its own. With kill it is killed about half way through
// the backfill (it tells how far it is once a second), and the last event is what it had done.
func (d *demo) child(ctx context.Context, kill bool) (eventLine, error) {
	var last eventLine
	cmd := d.command(ctx, "run", "--yes", "--id", demoRun, "--progress", "json", "--sql", d.changeSQL())
	lines, err := cmd.StderrPipe()
	if err != nil {
		return last, err
	}
	if err := cmd.Start(); err != nil {
		return last, fmt.Errorf("start surefoot run: %w", err)
	}
	view := render.Lines(d.env.out)
	if d.env.outTTY {
		view = render.Live(d.env.out, d.env.look())
	}
	var words []string
	killed := false
	scan := bufio.NewScanner(lines)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var line eventLine
		if json.Unmarshal(scan.Bytes(), &line) != nil {
			words = append(words, scan.Text())
			view.Close()
			d.say("%s", scan.Text())
			continue
		}
		last = line
		d.show(view, line)
		if kill && !killed && d.halfWay(line) {
			killed = true
			_ = cmd.Process.Kill()
			break
		}
	}
	view.Close()
	err = cmd.Wait()
	switch {
	case killed:
		return last, nil
	case err != nil:
		return last, fmt.Errorf("surefoot run: %w: %s", err, strings.Join(words, "\n"))
	case kill:
		return last, errors.New("surefoot run ended before it could be killed")
	}
	return last, nil
}

// halfWay says that the copy is half done, or will be before its next word.
func (d *demo) halfWay(line eventLine) bool {
	if line.Kind != string(planner.Fill) || line.Rows == 0 {
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
