//go:build torture

package torture

import (
	"context"
	"database/sql"
	"encoding/json"
	"hash/crc64"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"surefoot/conform/servers"
	"surefoot/load"
	"surefoot/load/proc"
)

// place is where tables are made: an instance, or a folder for SQLite.
type place struct {
	server
	instance *servers.Server // nil: SQLite
}

// database makes an empty one and gives its address.
func (p place) database(t *testing.T) string {
	if p.instance == nil {
		return "sqlite:" + filepath.Join(t.TempDir(), "live.db")
	}
	return p.instance.Database(t)
}

// world is a table with writers on it, and what was seen.
type world struct {
	t *testing.T
	place
	shape load.Shape
	url   string
	db    *sql.DB
	rng   *rand.Rand

	original string   // the table's definition before
	before   []string // what the database had before
	journal  string   // file of acknowledged writes
	writers  *load.Load
	tolerant bool // the server is killed, so writers lose connections

	peak    int64 // of the tool's memory, in bytes
	at      proc.Event
	steps   int            // of the plan
	strikes map[string]int // kills by the command and the step they met
}

const table, control = "live", "control"

// newWorld seeds a table. Writers do not write yet.
func newWorld(t *testing.T, p place, shape load.Shape) *world {
	t.Helper()
	w := &world{
		t: t, place: p, shape: shape, url: p.database(t), journal: filepath.Join(t.TempDir(), "journal"),
		rng: rand.New(rand.NewPCG(config.seed, crc64.Checksum([]byte(t.Name()), crc64.MakeTable(crc64.ISO)))), strikes: map[string]int{},
	}
	var err error
	if w.db, _, err = load.Open(w.url); err != nil {
		t.Fatal(err)
	}
	w.db.SetMaxIdleConns(0) // a connection to an earlier life of the server is of no use
	t.Cleanup(func() { _ = w.db.Close() })
	if err := load.Seed(t.Context(), w.db, w.engine, shape, table, config.rows); err != nil {
		t.Fatal(err)
	}
	w.original = w.definition(table)
	w.steps = w.planned()
	w.before = slices.DeleteFunc(w.objects(), isSession) // our own may not be gone yet
	return w
}

// write lets the writers begin, or go on.
func (w *world) write() {
	w.t.Helper()
	var err error
	w.writers, err = load.Start(context.WithoutCancel(w.t.Context()), load.Options{
		URL: w.url, Table: table, Shape: w.shape, Rows: config.rows, Writers: config.writers, Rate: config.rate,
		Seed: w.rng.Uint64(), JournalPath: w.journal, TolerateDisconnects: w.tolerant,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	writers := w.writers
	w.t.Cleanup(func() { _, _ = writers.Stop() }) // a second Stop does nothing
}

// rest stops the writers and looks at what they saw.
func (w *world) rest() load.Report {
	w.t.Helper()
	r, err := w.writers.Stop()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Err(); err != nil {
		w.t.Errorf("the writers: %v", err)
	}
	return r
}

// patience is the longest that one command may take before it counts as hanging.
func patience() time.Duration {
	return 2*time.Minute + time.Duration(config.rows)*time.Millisecond
}

// start starts a command of the tool.
func (w *world) start(watch func(*proc.Child, proc.Event), args ...string) *proc.Child {
	w.t.Helper()
	c, err := binary.Start(w.url, watch, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// wait waits for a command's end and notes what it took.
func (w *world) wait(c *proc.Child) proc.Result {
	w.t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience()):
		c.Dump()
		w.t.Fatalf("surefoot hangs; last: %+v\n%s", c.Wait().Last, c.Wait().Text)
	}
	r := c.Wait()
	w.peak = max(w.peak, r.Peak)
	if r.Last.Event != "" {
		w.at = r.Last
	}
	return r
}

// do runs a command that must succeed.
func (w *world) do(args ...string) proc.Result {
	w.t.Helper()
	r := w.wait(w.start(nil, args...))
	if r.Code != 0 {
		w.t.Fatalf("surefoot %s: exit code %d at %s\n%s", args[0], r.Code, r.Last.Step, r.Text)
	}
	return r
}

// planned counts the steps.
func (w *world) planned() int {
	w.t.Helper()
	var plan struct {
		Steps []json.RawMessage `json:"steps"`
	}
	out := w.do("plan", "--format", "json", "--sql", proc.Change(w.engine, table)).Stdout
	if err := json.Unmarshal([]byte(out), &plan); err != nil {
		w.t.Fatal(err)
	}
	return len(plan.Steps)
}

func (w *world) runArgs() []string {
	return []string{"run", "--yes", "--progress", "json", "--sql", proc.Change(w.engine, table)}
}

var (
	finishArgs   = []string{"finish", "--progress", "json"}
	rollbackArgs = []string{"rollback", "--progress", "json"}
)

// over says that no run is under way: a command that was killed after its last act finds nothing
// to do when it is given again.
func (w *world) over() bool {
	w.t.Helper()
	var status struct {
		Runs []struct {
			State string `json:"state"`
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(w.do("status", "--format", "json").Stdout), &status); err != nil {
		w.t.Fatal(err)
	}
	return len(status.Runs) > 0 && (status.Runs[0].State == "finished" || status.Runs[0].State == "rolled-back")
}
