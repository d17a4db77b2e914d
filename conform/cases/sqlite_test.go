package cases

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver named sqlite
)

func sqliteTarget() target {
	return target{
		name: "sqlite", engine: "sqlite",
		create: func(t testing.TB, suffix string) string {
			return "sqlite:" + filepath.Join(t.TempDir(), "cases"+suffix+".db")
		},
		open: func(url string) (*sql.DB, error) {
			return sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
		},
		split: whole, state: sqliteState,
		journal: "SELECT COUNT(*) FROM surefoot_run WHERE state <> 'rolled-back'",
	}
}

var sqliteWord = regexp.MustCompile(`/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|[\pL\pN_]+|[^\s\pL\pN_]`)

// words are the words of a definition in an order of their own: that in which clauses are written,
// quotes around names and comments mean nothing.
func words(text string) string {
	var all []string
	for _, w := range sqliteWord.FindAllString(text, -1) {
		if !strings.HasPrefix(w, "/*") && !strings.HasPrefix(w, "--") {
			all = append(all, strings.ToLower(strings.Trim(w, `"`)))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// sqliteState is the schema, each table's columns, indexes and foreign keys as the engine
// understands them, its rows, and what the engine finds wrong.
func sqliteState(ctx context.Context, c *sql.Conn) (string, error) {
	objects, err := table(ctx, c, `SELECT type, name, tbl_name, replace(coalesce(sql, ''), char(10), char(11)) FROM sqlite_schema
		WHERE name NOT LIKE 'surefoot\_run%' ESCAPE '\' AND name NOT LIKE 'surefoot\_step%' ESCAPE '\' AND name NOT LIKE 'sqlite\_autoindex\_surefoot%' ESCAPE '\'`)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(objects) {
		parts := strings.SplitN(line, " | ", 4)
		fmt.Fprintln(&b, parts[:3], words(strings.ReplaceAll(parts[3], "\v", "\n")))
		if parts[0] != "table" {
			continue
		}
		quoted, text := `"`+strings.ReplaceAll(parts[1], `"`, `""`)+`"`, "'"+strings.ReplaceAll(parts[1], "'", "''")+"'"
		for _, q := range []string{
			"PRAGMA table_xinfo(" + quoted + ")", "PRAGMA foreign_key_list(" + quoted + ")",
			`SELECT name, "unique", origin, partial FROM pragma_index_list(` + text + ") ORDER BY name", // which was made first says nothing
			"SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = " + text,
		} {
			text, err := table(ctx, c, q)
			if err != nil {
				return "", err
			}
			b.WriteString(q + "\n" + text)
		}
		rows, err := sqliteRows(ctx, c, parts[1], quoted)
		if err != nil {
			return "", err
		}
		b.WriteString(rows)
	}
	for _, q := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
		text, err := table(ctx, c, q)
		if err != nil { // a foreign key without the unique index that it needs, for example; which of several it names is chance
			text, _, _ = strings.Cut(err.Error(), " - ")
		}
		b.WriteString(q + "\n" + text)
	}
	return b.String(), nil
}

// sqliteRows writes each value with its type.
func sqliteRows(ctx context.Context, c *sql.Conn, name, quoted string) (string, error) {
	columns, err := table(ctx, c, "SELECT printf('%04d', cid), name FROM pragma_table_xinfo(?)", name)
	if err != nil {
		return "", err
	}
	var picks []string
	for line := range strings.Lines(columns) {
		_, column, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " | ")
		column = `"` + strings.ReplaceAll(column, `"`, `""`) + `"`
		picks = append(picks, "typeof("+column+"), quote("+column+")")
	}
	if name == "sqlite_sequence" {
		return "", nil // a rebuild sets the counter back; ours does not give a number twice
	}
	text, err := table(ctx, c, "SELECT "+strings.Join(picks, ", ")+" FROM "+quoted)
	return "rows of " + name + ":\n" + text, err
}
