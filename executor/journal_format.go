package executor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"surefoot/plan"
)

// journalFormat is the version of the journal's tables. The columns id, format and state of the run table
// are the same in every version, so that each version can refuse the others in one sentence.
//
//	1  up to plan format 1
//	2  steps have began_at and ended_at; plans have format 2
const journalFormat = 2

// newColumns are the columns of the step table that format 1 had not.
var newColumns = []string{"began_at", "ended_at"}

// formatOf gives the format of the journal that is there. known is false where no run was ever written.
func formatOf(ctx context.Context, srv Server) (format int64, known, there bool, err error) {
	var found sql.NullInt64
	err = srv.Pool().QueryRowContext(ctx, words(srv, "SELECT MAX(format) FROM {run}")).Scan(&found)
	switch {
	case err != nil && srv.Fault(err) == plan.Missing:
		return 0, false, false, nil
	case err != nil:
		return 0, false, false, fmt.Errorf("read the journal: %w", err)
	}
	return found.Int64, found.Valid, true, nil
}

// present says whether the journal's tables are there. It refuses those of a later version, and those of an
// earlier one with a run that is not over: its plan is of that version.
func present(ctx context.Context, srv Server) (bool, error) {
	format, known, there, err := formatOf(ctx, srv)
	switch {
	case err != nil || !there:
		return false, err
	case !known || format == journalFormat:
		return true, nil
	case format > journalFormat:
		return false, otherFormat("the journal", format, "use a newer surefoot")
	}
	every, err := records(ctx, srv)
	if err != nil {
		return false, err
	}
	if i := slices.IndexFunc(every, func(c *record) bool { return !State(c.state).over() }); i >= 0 {
		return false, otherFormat("run "+every[i].id+" was begun by an older surefoot: its journal", format, "finish it or roll it back with that version first")
	}
	return true, nil
}

func otherFormat(what string, format int64, remedy string) error {
	return &Refused{fmt.Sprintf("%s has format %d, and this surefoot writes format %d", what, format, journalFormat), remedy}
}

// prepare makes the journal's tables where they are missing, and brings those of an earlier version up to date.
// Two processes may do so at the same moment, and IF NOT EXISTS does not keep every engine from failing then: so
// it is tried again.
func prepare(ctx context.Context, srv Server) error {
	var err error
	for range 5 {
		var there, ready bool
		if there, err = present(ctx, srv); err != nil {
			return err
		}
		if ready, err = current(ctx, srv, there); ready || err != nil {
			return err
		}
		if err = whileAlone(ctx, srv, func() error { return makeTables(ctx, srv, there) }); err == nil {
			return nil
		}
		if sleep(ctx, 100*time.Millisecond) != nil {
			break
		}
	}
	return fmt.Errorf("create the journal: %w", err)
}

// current says that the journal can be written as it is.
func current(ctx context.Context, srv Server, there bool) (bool, error) {
	if !there {
		return false, nil
	}
	format, known, _, err := formatOf(ctx, srv)
	return known && format == journalFormat, err
}

// whileAlone calls do while nobody else makes the journal. Where no lock can be had, no run could be carried out,
// and nothing is made.
func whileAlone(ctx context.Context, srv Server, do func() error) error {
	conn, err := srv.Pool().Conn(ctx)
	if err != nil {
		return err
	}
	defer discard(conn)
	holder, err := srv.Claim(ctx, conn, lockName("journal"))
	if err == nil && holder != "" {
		err = fmt.Errorf("%s makes it", holder)
	}
	if err != nil {
		return err
	}
	return do()
}

// makeTables makes the journal's tables, or adds to those of an earlier version what they lack.
func makeTables(ctx context.Context, srv Server, there bool) error {
	if there {
		return upgrade(ctx, srv)
	}
	for _, q := range srv.SQL().Setup {
		if _, err := srv.Pool().ExecContext(ctx, q); err != nil {
			return err
		}
	}
	for _, q := range journalTables {
		if _, err := srv.Pool().ExecContext(ctx, words(srv, q)); err != nil {
			return err
		}
	}
	return nil
}

// upgrade adds the columns that an earlier version's tables lack. The format is written last: who is killed before
// goes on here.
func upgrade(ctx context.Context, srv Server) error {
	for _, column := range newColumns {
		var n int64
		if srv.Pool().QueryRowContext(ctx, words(srv, "SELECT COUNT("+column+") FROM {step}")).Scan(&n) == nil {
			continue
		}
		if _, err := srv.Pool().ExecContext(ctx, words(srv, "ALTER TABLE {step} ADD COLUMN "+column+" VARCHAR(40) NOT NULL DEFAULT ''")); err != nil {
			return err
		}
	}
	_, err := srv.Pool().ExecContext(ctx, words(srv, fmt.Sprintf("UPDATE {run} SET format = %d", journalFormat)))
	return err
}
