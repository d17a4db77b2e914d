package executor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"surefoot/plan"
)

// bind holds the values of a statement's named arguments.
type bind struct {
	lo, hi []string
	limit  int64
	ids    []string
	began  string // seconds since 1970
}

// args gives the values in the order of the statement's arguments.
func (b bind) args(s plan.Stmt) ([]any, error) {
	args := make([]any, 0, len(s.Args))
	for _, name := range s.Args {
		switch {
		case name == "limit":
			args = append(args, b.limit)
		case name == "skip":
			args = append(args, b.limit-1)
		case name == "began" && b.began == "":
			return nil, errors.New("the plan asks for when its run began, and that is not known")
		case name == "began":
			args = append(args, b.began)
		case name == "ids":
			args = append(args, strings.Join(b.ids, ","))
		default:
			v, err := bound(name, b.lo, b.hi)
			if err != nil {
				return nil, err
			}
			args = append(args, v)
		}
	}
	return args, nil
}

// bound gives one part of a bound: "lo0", "hi1".
func bound(name string, lo, hi []string) (string, error) {
	key := lo
	number, ok := strings.CutPrefix(name, "lo")
	if !ok {
		key = hi
		number, ok = strings.CutPrefix(name, "hi")
	}
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i < 0 || i >= len(key) {
		return "", fmt.Errorf("the plan asks for an argument %q that is not there", name)
	}
	return key[i], nil
}

// texts runs a query whose columns are texts and gives its rows.
func texts(ctx context.Context, s session, stmt plan.Stmt, b bind) ([][]string, error) {
	args, err := b.args(stmt)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, stmt.SQL, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var found [][]string
	for rows.Next() {
		row := make([]string, len(columns))
		fields := make([]any, len(columns))
		for i := range row {
			fields[i] = &row[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}
