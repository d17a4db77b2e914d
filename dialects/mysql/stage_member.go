package mysql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"surefoot/schema"
)

// asideNumber counts the rows of the table beside the kept ones.
const asideNumber = journalPrefix + "number"

// spelled gives what makes a table with the members of its enums and sets, and the defaults, that it has: SHOW
// CREATE TABLE shows a question mark for a character of four bytes. kept is a table LIKE it, which has them as
// they are.
func (st *Stage) spelled(ctx context.Context, create string, kept schema.Name) (string, error) {
	shown, err := column(ctx, st.sessions, `SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
		AND CHARACTER_SET_NAME <> 'binary' AND (DATA_TYPE IN ('enum', 'set') AND COLUMN_TYPE LIKE '%?%' OR COLUMN_DEFAULT LIKE '%?%')`, kept.Schema, kept.Table)
	if err != nil {
		return "", fmt.Errorf("look for characters that are not shown: %w", err)
	}
	for _, name := range shown {
		if create, err = st.respelled(ctx, create, kept, name); err != nil {
			return "", fmt.Errorf("read what column %s of %s is made of: %w", name, kept.Table, err)
		}
	}
	return create, nil
}

// respelled puts a column's members and its default into the statement that makes its table, the last first.
// They are read from rows of a table that has only this column and a key, which some servers ask of every table.
func (st *Stage) respelled(ctx context.Context, create string, kept schema.Name, name string) (string, error) {
	toks := columnTokens(create, name, st.live.mode)
	if len(toks) == 0 {
		return "", errors.New("it is not found in SHOW CREATE TABLE")
	}
	each := qualified(schema.Name{Schema: st.kept, Table: asideTable})
	if _, err := st.sessions.ExecContext(ctx, fmt.Sprintf("CREATE TABLE %s (%s BIGINT AUTO_INCREMENT PRIMARY KEY) SELECT %s FROM %s LIMIT 0",
		each, quote(asideNumber), quote(name), qualified(kept))); err != nil {
		return "", err
	}
	if i := slices.IndexFunc(toks, func(t token) bool { return t.is("default") }); i >= 0 && i+1 < len(toks) && toks[i+1].kind == str {
		is, err := st.values(ctx, each, name, "(DEFAULT)")
		if err != nil {
			return "", err
		}
		create = create[:toks[i+1].start] + is + create[toks[i+1].end:]
	}
	if members := memberTokens(toks); len(members) > 0 {
		numbers := make([]string, len(members))
		for i := range numbers {
			numbers[i] = "(" + strconv.Itoa(i+1) + ")"
			if toks[1].is("set") {
				numbers[i] = "(" + strconv.FormatUint(1<<i, 10) + ")"
			}
		}
		are, err := st.values(ctx, each, name, strings.Join(numbers, ", "))
		if err != nil {
			return "", err
		}
		create = create[:members[0].start] + are + create[members[len(members)-1].end:]
	}
	_, err := st.sessions.ExecContext(ctx, "DROP TABLE "+each)
	return create, err
}

// columnTokens gives the tokens of one column of a statement that makes a table, its name first.
func columnTokens(create, name string, mode sqlMode) []token {
	toks := tokenize(create, mode)
	depth, from := 0, -1
	for i, t := range toks {
		switch {
		case from >= 0 && (depth == 1 && (t.sign(",") || t.sign(")"))):
			return toks[from:i]
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case depth == 1 && t.kind == ident && t.text == name && (toks[i-1].sign("(") || toks[i-1].sign(",")):
			from = i
		}
	}
	return nil
}

// memberTokens gives the members of an enum or a set of a column's tokens.
func memberTokens(toks []token) []token {
	if len(toks) < 4 || !toks[1].is("enum", "set") {
		return nil
	}
	var members []token
	for _, t := range toks[3:] {
		if t.sign(")") {
			break
		}
		if t.kind == str {
			members = append(members, t)
		}
	}
	return members
}

// values writes what a column of a table has after rows were put into it, as literals of SHOW CREATE TABLE.
func (st *Stage) values(ctx context.Context, table, name, rows string) (string, error) {
	for _, q := range []string{"TRUNCATE TABLE " + table, "INSERT INTO " + table + " (" + quote(name) + ") VALUES " + rows} {
		if _, err := st.sessions.ExecContext(ctx, q); err != nil {
			return "", err
		}
	}
	found, err := column(ctx, st.sessions, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", quote(name), table, quote(asideNumber)))
	if err != nil {
		return "", err
	}
	for i, text := range found {
		text = strings.ReplaceAll(text, "'", "''")
		if !st.live.mode.noBackslash {
			text = strings.ReplaceAll(text, `\`, `\\`)
		}
		found[i] = "'" + text + "'"
	}
	return strings.Join(found, ","), nil
}
