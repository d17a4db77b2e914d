package postgres

import (
	"context"
	"fmt"
	"time"
)

// Lag says how far the slowest connected standby is behind in applying the log. A standby that has
// caught up and hears nothing new has no lag (pg_stat_replication, since PostgreSQL 10).
func (db *Database) Lag(ctx context.Context) (time.Duration, error) {
	var ms int64
	err := db.pool.QueryRowContext(ctx, `SELECT coalesce(max(extract(epoch FROM replay_lag) * 1000), 0)::bigint FROM pg_stat_replication`).Scan(&ms)
	if err != nil {
		return 0, fmt.Errorf("ask how far standbys are behind: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}
