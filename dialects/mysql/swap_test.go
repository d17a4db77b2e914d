package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/load"
	"surefoot/plan"
)

// swapper exchanges a table and its shadow again and again, as the executor does, and sometimes
// kills one of the sessions.
type swapper struct {
	t       *testing.T
	db      *Database
	plain   *sql.DB // sessions that end with their context, as when the tool is killed
	kills   bool
	swaps   int
	killed  int
	longest time.Duration
}

// TestSwapLosesNothing exchanges tables while 32 writers and 4 readers work. A write that came
// between the drain and the exchange would be in the log of the table that was put aside; a moment
// without the table would be an error 1146 of a reader or a writer.
func TestSwapLosesNothing(t *testing.T) {
	rounds := 5
	if n, err := strconv.Atoi(os.Getenv("SUREFOOT_SWAPS")); err == nil {
		rounds = n
	}
	eachServer(t, func(t *testing.T, url string) {
		const rows = 2000
		pool, engine, err := load.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		if err := load.Seed(t.Context(), pool, engine, load.Int, "t", rows); err != nil {
			t.Fatal(err)
		}
		db := openTest(t, url)
		steps := planFor(t, db, strings.ReplaceAll(widen, "%s", "t")).Steps
		var forward, reverse *plan.Capture
		var swap plan.Step
		for _, s := range steps {
			switch {
			case s.CutOver != nil:
				swap, reverse = s, s.Capture
			case s.Capture != nil:
				forward = s.Capture
			}
		}
		prepareSwap(t, db, steps)
		// What is prepared stays out: it looks for a TRUNCATE and carries the counter, for a table that is
		// exchanged once.
		prepared := func(q string) bool {
			return strings.Contains(q, "surefoot_prepared") || strings.HasSuffix(q, " surefoot")
		}
		for _, x := range []*plan.CutOver{swap.CutOver, swap.Back} {
			x.Lock, x.SQL = slices.DeleteFunc(x.Lock, prepared), slices.DeleteFunc(x.SQL, prepared)
		}
		l, err := load.Start(t.Context(), load.Options{URL: url, Table: "t", Shape: load.Int, Rows: rows, Writers: 32, Rate: 1500})
		if err != nil {
			t.Fatal(err)
		}
		missing := watchTable(t, pool)
		x := &swapper{t: t, db: db, plain: sql.OpenDB(dying{db.sessions})}
		defer x.plain.Close()
		for i := range rounds {
			x.kills = i%2 == 1
			x.until(swap, swap.CutOver, forward, true)
			x.until(swap, swap.Back, reverse, false)
		}
		if _, err := l.Stop(); err != nil {
			t.Error(err)
		}
		report := l.Snapshot()
		if err := report.Err(); err != nil {
			t.Error(err)
		}
		if n := missing(); n > 0 {
			t.Errorf("%d reads failed", n)
		}
		if d, err := l.Verify(t.Context(), pool); err != nil || !d.Empty() {
			t.Errorf("%s %v", d, err)
		}
		t.Logf("%d exchanges, %d sessions killed, longest lock %v; %s", x.swaps, x.killed, x.longest, report.String())
	})
}

// prepareSwap runs the steps before the exchange.
func prepareSwap(t *testing.T, db *Database, steps []plan.Step) {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, s := range steps {
		if s.CutOver != nil {
			return
		}
		statements := s.SQL
		if s.Walk != nil {
			statements = nil
			for _, do := range s.Walk.Do {
				statements = append(statements, do.All.SQL)
			}
		}
		for _, q := range statements {
			if _, err := conn.ExecContext(t.Context(), q); err != nil {
				t.Fatal(q, err)
			}
		}
	}
}

// watchTable polls the table from four sessions, half of them with prepared statements; the
// function that it gives ends that and counts the errors.
func watchTable(t *testing.T, pool *sql.DB) func() int64 {
	var failed atomic.Int64
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for i := range 4 {
		wg.Go(func() {
			conn, err := pool.Conn(ctx)
			if err != nil {
				failed.Add(1)
				return
			}
			defer conn.Close()
			prepared, err := conn.PrepareContext(ctx, "SELECT MAX(ref) FROM t WHERE id > ?")
			if err != nil {
				failed.Add(1)
				return
			}
			defer prepared.Close()
			for ctx.Err() == nil {
				var n sql.NullInt64
				if i%2 == 0 {
					err = prepared.QueryRowContext(ctx, 1000).Scan(&n)
				} else {
					err = conn.QueryRowContext(ctx, "SELECT 1 FROM t LIMIT 1").Scan(&n)
				}
				if err != nil && ctx.Err() == nil && !errors.Is(err, sql.ErrNoRows) {
					if failed.Add(1) < 3 {
						t.Log(err)
					}
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	return func() int64 { cancel(); wg.Wait(); return failed.Load() }
}

// until repeats an exchange until its proof says that it took effect.
func (x *swapper) until(step plan.Step, swap *plan.CutOver, feed *plan.Capture, want bool) {
	x.t.Helper()
	for {
		x.catchUp(feed)
		err := x.once(swap, feed)
		var there bool
		if scanErr := x.db.pool.QueryRow(step.Proof).Scan(&there); scanErr != nil {
			x.t.Fatal(scanErr)
		}
		if err == nil && there != want {
			x.t.Fatal("the server reports success, but the tables are not exchanged")
		}
		if there == want {
			x.swaps++
			x.nothingLate(feed)
			return
		}
		if err != nil && !x.kills {
			x.t.Fatal(err)
		}
	}
}

// nothingLate fails when a write reached the table after its log was drained. Our own sessions do
// not log, so the log must stay empty.
func (x *swapper) nothingLate(feed *plan.Capture) {
	x.t.Helper()
	var n int
	if err := x.db.pool.QueryRow(feed.Backlog.SQL, 1000).Scan(&n); err != nil {
		x.t.Fatal(err)
	}
	if n > 0 {
		var m int
		_ = x.db.pool.QueryRow(feed.Backlog.SQL, 1000).Scan(&m)
		x.t.Fatalf("%s %d: %d writes came between the drain and the exchange (now %d)", feed.Name, x.swaps, n, m)
	}
}

// catchUp applies the log from a session of its own.
func (x *swapper) catchUp(feed *plan.Capture) {
	x.t.Helper()
	conn, err := x.db.pool.Conn(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	defer conn.Close()
	for range 5 {
		n, err := drainOnce(x.t.Context(), conn, feed)
		if x.db.Fault(err) == plan.Duplicate {
			continue // the other half of an exchange of unique values was logged since
		}
		if err != nil {
			x.t.Fatal(err)
		}
		if n < 100 {
			return
		}
	}
}

func drainOnce(ctx context.Context, conn *sql.Conn, feed *plan.Capture) (int, error) {
	rows, err := conn.QueryContext(ctx, feed.Take.SQL, 50_000)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return 0, err
	}
	rows.Close() // the session is used again below
	for _, s := range feed.Apply {
		if _, err := conn.ExecContext(ctx, s.SQL, strings.Join(ids, ",")); err != nil {
			return 0, fmt.Errorf("%s: %w", s.SQL[:30], err)
		}
	}
	return len(ids), nil
}

// once tries an exchange; with kills, a session may die on the way.
func (x *swapper) once(swap *plan.CutOver, feed *plan.Capture) error {
	ctxA, ctxB := x.t.Context(), x.t.Context()
	a, err := x.plain.Conn(ctxA)
	if err != nil {
		return err
	}
	b, err := x.plain.Conn(ctxB)
	if err != nil {
		return err
	}
	defer x.discard(a)
	defer x.discard(b)
	if x.kills && rand.IntN(3) > 0 {
		ctxA = x.mortal(ctxA)
	}
	if x.kills && rand.IntN(3) > 0 {
		ctxB = x.mortal(ctxB)
	}
	for _, q := range swap.Lock {
		if _, err := a.ExecContext(ctxA, q); err != nil {
			return err
		}
	}
	start := time.Now()
	defer func() { x.longest = max(x.longest, time.Since(start)) }()
	for {
		n, err := drainOnce(ctxA, a, feed)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for _, q := range swap.SQL {
		if _, err := a.ExecContext(ctxA, q); err != nil {
			return err
		}
	}
	return x.release(ctxA, ctxB, a, b, swap)
}

func (x *swapper) release(ctx, ctxB context.Context, a, b *sql.Conn, swap *plan.CutOver) error {
	ended := make(chan error, 1)
	if len(swap.Queue) > 0 {
		go func() {
			_, err := b.ExecContext(ctxB, swap.Queue[0])
			ended <- err
		}()
		for waiting := false; !waiting; {
			if err := x.db.pool.QueryRowContext(x.t.Context(), swap.Queued).Scan(&waiting); err != nil {
				return err
			}
			select {
			case err := <-ended:
				return err
			default:
			}
		}
	} else {
		ended <- nil
	}
	for _, q := range swap.Release {
		if _, err := a.ExecContext(ctx, q); err != nil {
			return errors.Join(err, <-ended)
		}
	}
	return <-ended
}

// dying opens the driver's own sessions: a context's end closes the connection and kills nothing.
type dying struct{ *connector }

func (d dying) Connect(ctx context.Context) (driver.Conn, error) {
	open, err := mysql.NewConnector(d.current())
	if err != nil {
		return nil, err
	}
	return open.Connect(ctx)
}

// mortal gives a context that ends at a random moment of the next milliseconds, and with it the
// connection of the session that uses it, as when the tool is killed.
func (x *swapper) mortal(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	x.killed++
	time.AfterFunc(time.Duration(rand.IntN(40000))*time.Microsecond, cancel)
	return ctx
}

// discard closes a session for good; where it was killed, the server may still be busy with it.
func (x *swapper) discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	conn.Close()
}
