package load

import (
	"context"
	"errors"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// deadlocked is the number of the error by which MySQL and MariaDB take a statement back.
const deadlocked = 1213

// amongOurselves says that a statement was taken back because two of this load's own stood in each other's
// way, and nobody else in theirs: a new row beside one that gets another key can do that in a unique index.
// An application does such a write again.
func (w *writer) amongOurselves(ctx context.Context, err error) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) || e.Number != deadlocked {
		return false
	}
	var kind, name, status string
	if err := w.load.db.QueryRowContext(ctx, "SHOW ENGINE INNODB STATUS").Scan(&kind, &name, &status); err != nil {
		return false
	}
	_, latest, found := strings.Cut(status, "LATEST DETECTED DEADLOCK")
	latest, _, whole := strings.Cut(latest, "\nTRANSACTIONS\n")
	if !found || !whole {
		return false
	}
	table, locks := ".`"+w.load.opts.Table+"` ", 0
	for line := range strings.Lines(latest) {
		if !strings.HasPrefix(line, "RECORD LOCKS") && !strings.HasPrefix(line, "TABLE LOCK") {
			continue
		}
		if locks++; !strings.Contains(line, table) {
			return false
		}
	}
	return locks > 0 && !strings.Contains(latest, "_sf_")
}
