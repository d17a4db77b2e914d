package proc

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"surefoot/load"
)

// Change is the statement that gives the column amount of a load table another type.
func Change(engine, table string) string {
	switch engine {
	case load.MySQL, load.MariaDB:
		return "ALTER TABLE " + table + " MODIFY COLUMN amount BIGINT NULL COMMENT 'amount in units'"
	case load.SQLite:
		return "ALTER TABLE " + table + " ALTER COLUMN amount TYPE text"
	default:
		return "ALTER TABLE " + table + " ALTER COLUMN amount TYPE bigint"
	}
}

// Native makes the same change the engine's own way, which blocks the table. SQLite has no
// statement for it: there it is what its manual advises, a new table that takes the old one's
// place in one transaction (https://www.sqlite.org/lang_altertable.html, section 7).
func Native(ctx context.Context, db *sql.DB, engine, table string) error {
	statements := []string{Change(engine, table)}
	if engine == load.SQLite {
		var err error
		if statements, err = rebuilt(ctx, db, table); err != nil {
			return fmt.Errorf("change %s: %w", table, err)
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("change %s: %w", table, err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("change %s: %s: %w", table, statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("change %s: %w", table, err)
	}
	return nil
}

// rebuilt gives the statements that do it in SQLite: the table's own text with another type and
// name, and its indexes' texts as they are.
func rebuilt(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC, name", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("no such table")
	}
	_, body, _ := strings.Cut(texts[0], "(")
	if !strings.Contains(body, "amount integer") {
		return nil, fmt.Errorf("no column amount integer in %s", texts[0])
	}
	statements := []string{
		"CREATE TABLE rebuilt (" + strings.Replace(body, "amount integer", "amount text", 1),
		"INSERT INTO rebuilt SELECT * FROM " + table,
		"DROP TABLE " + table,
		"ALTER TABLE rebuilt RENAME TO " + table,
	}
	return append(statements, texts[1:]...), nil
}
