package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// views gives the views that read the twins, each after those that it reads.
func (st *Stage) views() []view {
	var out []view
	for _, tw := range st.twins {
		for _, v := range take[[]view](tw.table, extraViews) {
			if !slices.ContainsFunc(out, func(o view) bool { return o.Name == v.Name }) {
				out = append(out, v)
			}
		}
	}
	return out
}

func (st *Stage) makeViews(ctx context.Context) error {
	for _, v := range st.views() {
		for i, q := range append([]string{v.Definition}, onAll(v.After, v.Name)...) {
			if err := st.tried(ctx, st.Here(q), i > 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// besideViews runs a statement as it was written. The server changes no column's type while a view
// reads it; who makes the change by hand drops the views and makes them again, and so does the plan.
func (st *Stage) besideViews(ctx context.Context, statement string) error {
	if _, err := st.conn.ExecContext(ctx, "SAVEPOINT surefoot_views"); err != nil {
		return err
	}
	_, err := st.conn.ExecContext(ctx, statement)
	var refused *pgconn.PgError
	if views := st.views(); len(views) > 0 && errors.As(err, &refused) && refused.Code == "0A000" {
		again := []string{"ROLLBACK TO SAVEPOINT surefoot_views"}
		for _, v := range slices.Backward(views) {
			again = append(again, st.Here("DROP VIEW "+v.Name))
		}
		for _, q := range append(again, statement) {
			if _, err := st.conn.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return st.makeViews(ctx)
	}
	return err
}
