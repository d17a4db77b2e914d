package executor

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

var errCut = errors.New("the connection was cut")

// cutter opens sessions whose connections are cut at random, before a statement reaches the server
// or after the server has carried it out.
type cutter struct {
	dsn   string
	inner driver.Driver
	mu    sync.Mutex
	cut   func(query string) (before, after bool)
}

func (c *cutter) Driver() driver.Driver { return c.inner }

func (c *cutter) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.inner.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &cutConn{full: conn.(full), c: c}, nil
}

// full is what the driver's connections can do.
type full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

type cutConn struct {
	full
	c    *cutter
	gone bool
}

func (c *cutConn) IsValid() bool { return !c.gone }

func (c *cutConn) Close() error {
	if c.gone {
		return nil
	}
	c.gone = true
	return c.full.Close()
}

// call does something that may lose the connection.
func (c *cutConn) call(query string, do func() error) error {
	if c.gone {
		return errCut
	}
	c.c.mu.Lock()
	before, after := c.c.cut(query)
	c.c.mu.Unlock()
	if before {
		_ = c.Close()
		return errCut
	}
	if err := do(); err != nil {
		return err
	}
	if after {
		_ = c.Close()
		return errCut
	}
	return nil
}

func (c *cutConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (res driver.Result, err error) {
	err = c.call(q, func() error { res, err = c.full.ExecContext(ctx, q, args); return err })
	return res, err
}

func (c *cutConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (rows driver.Rows, err error) {
	before := func() error { return nil } // rows that were given cannot be cut off afterwards
	if err := c.call("query "+q, before); err != nil {
		return nil, err
	}
	return c.full.QueryContext(ctx, q, args)
}

func (c *cutConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	var tx driver.Tx
	err := c.call("begin", func() (err error) { tx, err = c.full.BeginTx(ctx, o); return err })
	return &cutTx{tx, c}, err
}

type cutTx struct {
	driver.Tx
	c *cutConn
}

func (t *cutTx) Commit() error { return t.c.call("commit", t.Tx.Commit) }

func (t *cutTx) Rollback() error {
	if t.c.gone {
		return nil
	}
	return t.Tx.Rollback()
}

// cuttable opens a second pool on a database, whose connections are cut.
func cuttable(t *testing.T, d *database, cut func(query string) (before, after bool)) *database {
	t.Helper()
	pool := sql.OpenDB(&cutter{dsn: "file:" + d.path + "?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_txlock=immediate", inner: d.pool.Driver(), cut: cut})
	t.Cleanup(func() { pool.Close() })
	return &database{path: d.path, pool: pool, lost: func(err error) bool { return errors.Is(err, errCut) }}
}

// dice cuts one statement in n, half of them after they were carried out.
func dice(seed uint64, n int) func(string) (bool, bool) {
	random := rand.New(rand.NewPCG(seed, seed))
	return func(string) (bool, bool) {
		if random.IntN(n) > 0 {
			return false, false
		}
		after := random.IntN(2) == 0
		return !after, after
	}
}

func TestSurvivesLostConnections(t *testing.T) {
	for seed := range uint64(6 / every) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := fresh(t)
			orders(t, d, 2000)
			w := write(t, d)
			cut := cuttable(t, d, dice(seed, 120))
			o := quick()
			out, err := Run(t.Context(), cut, copyPlan(), o)
			for try := 0; err != nil && errors.Is(err, errCut) && try < 20; try++ { // cut before the run began
				out, err = Run(t.Context(), cut, copyPlan(), o)
			}
			if err != nil || out.State != AfterCutOver {
				t.Fatalf("%+v %v", out, err)
			}
			if seed%2 == 0 {
				out, err = Rollback(t.Context(), d, "", Options{})
			} else {
				out, err = Finish(t.Context(), d, "", Options{})
			}
			if err != nil || !out.State.over() {
				t.Fatalf("%+v %v", out, err)
			}
			w.end()
		})
	}
}

// The answer to COMMIT is lost, and to statements that commit by themselves: the proof decides.
func TestUnknownOutcomes(t *testing.T) {
	for _, query := range []string{"CREATE INDEX orders_sf_name", "COMMIT", "commit"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprint(query, after), func(t *testing.T) {
				d := fresh(t)
				orders(t, d, 2000)
				w := write(t, d)
				cuts, seen := 0, 0
				cut := cuttable(t, d, func(q string) (bool, bool) {
					if !strings.HasPrefix(q, query) {
						return false, false
					}
					if seen++; cuts >= 3 || seen%2 == 0 || seen < 5 && query == "commit" {
						return false, false
					}
					cuts++
					return !after, after
				})
				out, err := Run(t.Context(), cut, copyPlan(), quick())
				if err != nil || out.State != AfterCutOver {
					t.Fatalf("%+v %v", out, err)
				}
				if cuts == 0 {
					t.Error("nothing was cut")
				}
				if out, err = Finish(t.Context(), d, "", quick()); err != nil || out.State != Finished {
					t.Fatalf("%+v %v", out, err)
				}
				w.end()
				d.whole(t, "orders orders_sf_name", "TEXT")
			})
		}
	}
}

func TestGivesUpWhenTheDatabaseStaysAway(t *testing.T) {
	d := fresh(t)
	orders(t, d, 2000)
	var away bool
	cut := cuttable(t, d, func(string) (bool, bool) { return away, false })
	o := quick()
	o.Outage = 2 * time.Second
	o.Failpoint = func(p string) {
		if p == "03-backfill:done" {
			away = true
		}
	}
	o.Workers = 1
	out, err := Run(t.Context(), cut, copyPlan(), o)
	if out.State != Failed || !errors.Is(err, errCut) || !strings.Contains(err.Error(), "2s") {
		t.Fatalf("%+v %v", out, err)
	}
	if s := d.status(t); s.State != Stopped {
		t.Errorf("%+v", s)
	}
	if out, err := Run(t.Context(), d, copyPlan(), quick()); err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
}

// sleepwalker is a server on which a process that lost the lock does not notice it.
type sleepwalker struct{ *database }

func (sleepwalker) Claim(context.Context, *sql.Conn, string) (string, error) { return "", nil }

// A process that was given up for dead wakes up in the middle of a chunk: its writes fail.
func TestZombieDoesNoHarm(t *testing.T) {
	d := fresh(t)
	orders(t, d, 5000)
	w := write(t, d)
	asleep, awake := make(chan struct{}), make(chan struct{})
	var sleep, wake sync.Once
	o := quick()
	o.Failpoint = func(p string) {
		if p == "03-backfill:checkpoint" {
			sleep.Do(func() { close(asleep); <-awake })
		}
	}
	end := background(t.Context(), d, o)
	<-asleep
	zombies := make(chan error, 1)
	go func() { _, err := end(); zombies <- err }()
	o = quick()
	o.Failpoint = func(p string) {
		if p == "03-backfill:checkpoint" {
			wake.Do(func() { close(awake) })
		}
	}
	o.Workers = 1
	out, err := Run(t.Context(), sleepwalker{d}, copyPlan(), o)
	if err != nil || out.State != AfterCutOver {
		t.Fatalf("%+v %v", out, err)
	}
	if err := <-zombies; !errors.Is(err, errSuperseded) {
		t.Errorf("the zombie ended with %v", err)
	}
	w.end()
}
