package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

// sampler keeps rows of live tables in other tables that have their columns. after is the schema with the
// change made.
type sampler struct {
	pool  *sql.DB
	after *schema.Schema
	into  func(*schema.Table) schema.Name
}

// sample keeps the rows of a table that plan.Sample picks.
func (s sampler) sample(ctx context.Context, t *schema.Table, until time.Time) error {
	for _, tail := range plan.Sample(t, words(qualified(t.Name))) {
		if time.Now().After(until) {
			break
		}
		// What takes longer would hold up whoever waits for the table, and is left out.
		if _, _, err := s.keep(ctx, plan.SampleMoment, t, tail); err != nil {
			return err
		}
	}
	return nil
}

// windows keeps the extremes that windows of a large table have.
func (s sampler) windows(ctx context.Context, t *schema.Table, until time.Time) error {
	windows := plan.NewWindows(t, s.after, words(qualified(t.Name)))
	if windows == nil {
		return nil
	}
	var least, greatest sql.NullInt64
	if err := s.pool.QueryRowContext(ctx, windows.Ends).Scan(&least, &greatest); err != nil || !least.Valid {
		return nil //nolint:nilerr // an unsigned key may be too great for windows
	}
	sampled := func() string { return qualified(s.into(t)) }
	return windows.Look(until, least.Int64, greatest.Int64, sampled, func(tail string) (int64, error) {
		rows, _, err := s.keep(ctx, plan.SampleMoment, t, tail)
		return rows, err
	})
}

// keep keeps the rows of a table that stand behind SELECT … FROM, unless that takes too long: then the
// server ends it. rows says how many are new.
func (s sampler) keep(ctx context.Context, most time.Duration, t *schema.Table, tail string) (rows int64, soon bool, err error) {
	columns := writable(t)
	if columns == "" {
		return 0, true, nil // every value is computed
	}
	within, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	done, err := s.pool.ExecContext(within, fmt.Sprintf("INSERT IGNORE INTO %s (%s) SELECT %[2]s FROM %[3]s %[4]s", qualified(s.into(t)), columns, qualified(t.Name), tail))
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return 0, false, nil
	}
	if err == nil {
		rows, err = done.RowsAffected()
	}
	if err != nil {
		return 0, false, fmt.Errorf("keep a sample of %s: %w", t.Name, err)
	}
	return rows, true, nil
}
