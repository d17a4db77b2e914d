// Loadgen seeds a table, writes to it while a change runs, and says afterwards
// whether every acknowledged write is in it:
//
//	loadgen --db URL --table t --shape int --rows 1000000 --seed-only
//	loadgen --db URL --table t --shape int --rows 1000000 --duration 60s --rate 2000 --journal FILE
//	loadgen --db URL --verify --journal FILE
//
// It exits with 0 if all is well, 1 if writes failed or the table differs, and
// 2 if it could not do its work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"surefoot/load"
)

type options struct {
	db, table, shape, journal string
	rows                      int64
	writers                   int
	rate                      float64
	seed                      uint64
	duration                  time.Duration
	seedOnly, verify          bool
	tolerate                  bool
}

// errWrong means that the work was done and the result is bad.
var errWrong = errors.New("not every acknowledged write is kept, or writes failed")

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, os.Args[1:])
	cancel()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errWrong):
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	var o options
	flags := flag.NewFlagSet("loadgen", flag.ContinueOnError)
	flags.StringVar(&o.db, "db", "", "database `URL`: postgres://, mysql://, mariadb:// or sqlite:PATH")
	flags.StringVar(&o.table, "table", "surefoot_load", "table `name`")
	flags.StringVar(&o.shape, "shape", "int", "kind of key: int, text or uuid")
	flags.Int64Var(&o.rows, "rows", 100_000, "rows to seed, or that were seeded")
	flags.BoolVar(&o.seedOnly, "seed-only", false, "create and fill the table, write nothing")
	flags.DurationVar(&o.duration, "duration", 30*time.Second, "how long to write; an interrupt ends it before")
	flags.Float64Var(&o.rate, "rate", 0, "writes a second in all; 0 is as many as go")
	flags.IntVar(&o.writers, "writers", 8, "concurrent writers")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of the random numbers")
	flags.BoolVar(&o.tolerate, "tolerate-disconnects", false, "a lost connection is not an error")
	flags.StringVar(&o.journal, "journal", "", "`file` of acknowledged writes; an existing one is continued")
	flags.BoolVar(&o.verify, "verify", false, "compare the table with the journal, write nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case o.db == "":
		return errors.New("--db is missing")
	case o.verify:
		return verify(ctx, out, o)
	case o.seedOnly:
		return seed(ctx, out, o)
	default:
		return write(ctx, out, o)
	}
}

func seed(ctx context.Context, out io.Writer, o options) (err error) {
	shape, err := load.ParseShape(o.shape)
	if err != nil {
		return err
	}
	db, engine, err := load.Open(o.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	started := time.Now()
	if err := load.Seed(ctx, db, engine, shape, o.table, o.rows); err != nil {
		return err
	}
	fmt.Fprintf(out, "seeded %d rows in %s\n", o.rows, time.Since(started).Round(time.Millisecond))
	return nil
}

// verify takes the table from the journal, or an untouched one from the flags.
func verify(ctx context.Context, out io.Writer, o options) (err error) {
	db, engine, err := load.Open(o.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	j := load.NewJournal(engine, load.Shape(o.shape), o.table, o.rows)
	if o.journal != "" {
		if j, err = load.LoadJournal(o.journal); err != nil {
			return err
		}
		if j.Engine != engine {
			return fmt.Errorf("the journal is of %s, the database is %s", j.Engine, engine)
		}
	}
	return compare(ctx, out, db, j)
}

func write(ctx context.Context, out io.Writer, o options) (err error) {
	shape, err := load.ParseShape(o.shape)
	if err != nil {
		return err
	}
	l, err := load.Start(ctx, load.Options{
		URL: o.db, Table: o.table, Shape: shape, Rows: o.rows, Writers: o.writers, Rate: o.rate, Seed: o.seed,
		JournalPath: o.journal, TolerateDisconnects: o.tolerate,
	})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-time.After(o.duration):
	}
	report, err := l.Stop()
	if err != nil {
		return err
	}
	fmt.Fprint(out, report)
	if err := report.Err(); err != nil {
		return fmt.Errorf("%w: %w", errWrong, err)
	}
	return nil
}
