package load

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Control builds a second table with the original definition and exactly the
// rows that must be in the first. The plain ALTER on it gives the table that an
// online change must equal. Run Verify first: it decides writes of unknown
// outcome.
func (l *Load) Control(ctx context.Context, db *sql.DB, table string) error {
	return l.journal.Control(ctx, db, table)
}

// controlBatch is how many rows one statement deletes or inserts. The row with
// most arguments has eight, and PostgreSQL takes 65,535 in all, SQLite 32,766.
const controlBatch = 500

// Control is the same for a journal.
func (j *Journal) Control(ctx context.Context, db *sql.DB, table string) error {
	if len(j.pending) > 0 {
		return fmt.Errorf("control table %s: %d writes have an unknown outcome; verify first", table, len(j.pending))
	}
	if err := Seed(ctx, db, j.Engine, j.Shape, table, j.Rows); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("control table %s: %w", table, err)
	}
	if err := j.replayOn(ctx, tx, table); err != nil {
		return fmt.Errorf("control table %s: %w", table, errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("control table %s: %w", table, err)
	}
	return nil
}

// replayOn removes the touched rows of the seed and puts the live ones in. All
// removals come first, because a ref may have moved from key to key.
func (j *Journal) replayOn(ctx context.Context, tx *sql.Tx, table string) error {
	var gone, live []int64
	for key, c := range j.cells {
		if j.Shape.seedIndex(key, j.Rows) > 0 {
			gone = append(gone, key)
		}
		if c.live {
			live = append(live, key)
		}
	}
	columns := j.Shape.KeyColumns()
	list := "("
	if j.Engine == SQLite {
		list = "(VALUES "
	}
	remove := batch{
		head: "DELETE FROM " + quote(j.Engine, table) + " WHERE (" + strings.Join(columns, ", ") + ") IN " + list,
		tail: ")", width: len(columns),
		args: func(key int64) []any { return j.Shape.keyArgs(j.Engine, key) },
	}
	if err := remove.run(ctx, tx, j.Engine, gone); err != nil {
		return err
	}
	all := append(columns, valueColumns...)
	insert := batch{
		head:  "INSERT INTO " + quote(j.Engine, table) + " (" + strings.Join(all, ", ") + ") VALUES ",
		width: len(all),
		args: func(key int64) []any {
			return append(j.Shape.keyArgs(j.Engine, key), valueArgs(j.Engine, j.cells[key].row)...)
		},
	}
	return insert.run(ctx, tx, j.Engine, live)
}

// batch is a statement with a list: head (?, …), (?, …) tail.
type batch struct {
	head, tail string
	width      int
	args       func(key int64) []any
}

func (b batch) run(ctx context.Context, tx *sql.Tx, engine string, keys []int64) error {
	for len(keys) > 0 {
		now := keys[:min(len(keys), controlBatch)]
		keys = keys[len(now):]
		args := make([]any, 0, len(now)*b.width)
		for _, key := range now {
			args = append(args, b.args(key)...)
		}
		text := b.head + strings.TrimSuffix(strings.Repeat("("+marks(b.width)+"), ", len(now)), ", ") + b.tail
		if engine == Postgres {
			text = numbered(text)
		}
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}
