package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Picture says all that is in the twins' database.
func (st *Stage) Picture(ctx context.Context) (definition []string, rows [][]string, err error) {
	names, err := column(ctx, st.twin.pool, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE <> 'SEQUENCE' AND TABLE_SCHEMA = ?", st.name)
	if err != nil {
		return nil, nil, err
	}
	if definition, err = st.pictureSequences(ctx); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		made, err := st.pictureTable(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		definition = append(definition, made...)
		if rows, err = st.pictureRows(ctx, name, rows); err != nil {
			return nil, nil, err
		}
	}
	triggers, err := column(ctx, st.twin.pool, `SELECT CONCAT('trigger ', TRIGGER_NAME, ': ', ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ON ', EVENT_OBJECT_TABLE,
		' ', ACTION_ORDER, ' ', ACTION_STATEMENT, ' ', DEFINER, ' ', SQL_MODE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?`, st.name)
	return append(definition, triggers...), rows, err
}

// negative is how MySQL writes a negative number of an expression that was read once. Read again, by
// an ALTER that makes the table anew, it has no parenthesis any more (seen on 9.7).
var negative = regexp.MustCompile(`-\((\d+(?:\.\d+)?)\)`)

// pictureTable gives the lines of SHOW CREATE TABLE, with characters that it does not show, and in which order columns and keys stand.
func (st *Stage) pictureTable(ctx context.Context, table string) ([]string, error) {
	var shown, text string
	if err := st.twin.pool.QueryRowContext(ctx, "SHOW CREATE TABLE "+quote(table)).Scan(&shown, &text); err != nil {
		return nil, err
	}
	text, err := st.spelled(ctx, st.live.ticked(text), schema.Name{Schema: st.name, Table: table})
	if err != nil {
		return nil, err
	}
	var lines, columns, keys []string
	if n := autoIncrement.FindString(text); n != "" {
		lines = append(lines, plan.CounterOf+table+": "+strings.Trim(n[strings.Index(n, "=")+1:], " "))
	}
	for i, line := range strings.Split(autoIncrement.ReplaceAllString(text, ""), "\n") {
		line = strings.TrimRight(strings.TrimSpace(line), ",")
		switch {
		case strings.HasPrefix(line, "`"):
			columns = append(columns, line[:strings.Index(line[1:], "`")+2])
		case i > 0 && !strings.HasPrefix(line, ")"):
			keys = append(keys, line)
		}
		lines = append(lines, "table "+table+": "+negative.ReplaceAllString(line, "-$1"))
	}
	return append(lines, plan.OrderOfColumns+table+": "+strings.Join(columns, ", "), plan.OrderOfKeys+table+": "+strings.Join(keys, ", ")), nil
}

// pictureRows adds a table's rows, every value as the server writes it.
func (st *Stage) pictureRows(ctx context.Context, table string, into [][]string) ([][]string, error) {
	names, err := column(ctx, st.twin.pool, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?", st.name, table)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	rows, err := st.twin.pool.QueryContext(ctx, "SELECT "+quoteAll(names)+" FROM "+quote(table))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		fields, values := make([]any, len(names)), make([]sql.RawBytes, len(names))
		for i := range fields {
			fields[i] = &values[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		row := []string{"row of " + table}
		for i, v := range values {
			text := names[i] + " NULL"
			if v != nil {
				text = fmt.Sprintf("%s %q", names[i], string(v))
			}
			row = append(row, text)
		}
		into = append(into, row)
	}
	return into, rows.Err()
}
