package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"surefoot/load"
)

// compare prints how the table differs from the journal.
func compare(ctx context.Context, out io.Writer, db *sql.DB, j *load.Journal) error {
	if _, err := load.ParseShape(string(j.Shape)); err != nil {
		return err
	}
	touched := j.Touched()
	diff, err := j.Verify(ctx, db)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d keys were written; %s\n", touched, diff)
	if !diff.Empty() {
		return errWrong
	}
	return nil
}
