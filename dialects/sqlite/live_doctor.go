package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Doctor says what would stop or disturb a run.
func (db *Database) Doctor(ctx context.Context, tables []schema.Name) ([]plan.Problem, error) {
	var out []plan.Problem
	if db.rollback {
		out = append(out, plan.Problem{
			Severity: plan.Warning, What: "the database is not in WAL mode: each commit keeps readers waiting, and each reader keeps commits waiting",
			Remedy: "run PRAGMA journal_mode = WAL once; it stays with the file",
		})
	}
	checks := []func(context.Context, []schema.Name) ([]plan.Problem, error){db.writable, db.leftovers, db.room, db.corrupt}
	for _, check := range checks {
		found, err := check(ctx, tables)
		if err != nil {
			return nil, fmt.Errorf("examine %s: %w", db.path, err)
		}
		out = append(out, found...)
	}
	return append(out, plan.Problem{
		Severity: plan.Note, What: "SQLite does not say which program holds its write lock, nor for how long",
		Remedy: "make sure that no program keeps a write transaction open for longer than other writers wait (their busy_timeout)",
	}), nil
}

// writable tries to take the write lock for a moment.
func (db *Database) writable(ctx context.Context, _ []schema.Name) ([]plan.Problem, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var queryOnly bool
	if err := conn.QueryRowContext(ctx, "PRAGMA query_only").Scan(&queryOnly); err != nil {
		return nil, err
	}
	_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		_, err = conn.ExecContext(ctx, "ROLLBACK")
		return nil, err
	}
	switch db.Fault(err) {
	case plan.Busy:
		return []plan.Problem{{Severity: plan.Error, What: "another program has held the write lock for five seconds or more", Remedy: "end its transaction"}}, nil
	case plan.ReadOnly, plan.Privilege:
		return []plan.Problem{{Severity: plan.Error, What: "the database cannot be written to: " + err.Error(), Remedy: "give this user the right to write the file and its folder"}}, nil
	default:
		return nil, err
	}
}

// leftovers finds what earlier runs left behind.
func (db *Database) leftovers(ctx context.Context, tables []schema.Name) ([]plan.Problem, error) {
	var out []plan.Problem
	err := each(ctx, db.pool, "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'trigger') AND name LIKE '%\\_sf\\_%' ESCAPE '\\'", func(rows *sql.Rows) error {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return err
		}
		if !ours.MatchString(name) || !ofAny(name, tables) {
			return nil
		}
		out = append(out, plan.Problem{
			Severity: plan.Warning, What: fmt.Sprintf("%s %s is there, made by a run", kind, name),
			Remedy: "finish that run or roll it back (status shows it); if none is known, drop it: " + "DROP " + strings.ToUpper(kind) + " " + quote(name),
		})
		return nil
	})
	return out, err
}

func ofAny(name string, tables []schema.Name) bool {
	if len(tables) == 0 {
		return true
	}
	for _, t := range tables {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(t.Table)+"_sf_") {
			return true
		}
	}
	return false
}

// room compares the space that is left with what a copy takes: the rows and indexes once more,
// and the WAL file meanwhile.
func (db *Database) room(ctx context.Context, tables []schema.Name) ([]plan.Problem, error) {
	free, ok := freeSpace(filepath.Dir(db.path))
	info, err := os.Stat(db.path)
	if err != nil || !ok {
		return nil, err
	}
	need := info.Size()
	if len(tables) > 0 {
		s, err := db.Inspect(ctx)
		if err != nil {
			return nil, err
		}
		sum := int64(0)
		for _, n := range tables {
			t := s.Table(n)
			if t == nil || t.Stats.Bytes == nil || t.Stats.IndexBytes == nil {
				sum = need
				break
			}
			sum += *t.Stats.Bytes + *t.Stats.IndexBytes
		}
		need = min(need, sum)
	}
	if free > 2*need {
		return nil, nil
	}
	return []plan.Problem{{
		Severity: plan.Error, What: fmt.Sprintf("a copy takes up to %d MB and the disk has %d MB left", 2*need>>20, free>>20), Remedy: "make room on the disk of " + db.path,
	}}, nil
}

// corrupt looks at the freelist and the schema, not at every page: a whole check reads the file.
func (db *Database) corrupt(ctx context.Context, _ []schema.Name) ([]plan.Problem, error) {
	var n int
	err := db.pool.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	if err != nil && strings.Contains(err.Error(), "malformed") {
		return []plan.Problem{{Severity: plan.Error, What: "the database is damaged: " + err.Error(), Remedy: "restore it from a backup, or save what can be read with .recover"}}, nil
	}
	return nil, err
}
