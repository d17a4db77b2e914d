package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"surefoot/planner"
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

// publish makes publications for those that have the live tables: an ALTER PUBLICATION of the live
// ones would keep others from theirs for as long as the rehearsal lasts.
func (st *Stage) publish(ctx context.Context) error {
	for _, tw := range st.twins {
		for _, p := range take[[]publication](tw.table, extraPublications) {
			here, made := st.published[p.Name]
			if !made {
				here = st.schemas[st.have.Default] + "_pub_" + strconv.Itoa(len(st.published))
				if _, err := st.conn.ExecContext(ctx, "CREATE PUBLICATION "+quote(here)); err != nil {
					return unfit(tw.table.Name, err)
				}
				st.published[p.Name] = here
			}
			if _, err := st.conn.ExecContext(ctx, "ALTER PUBLICATION "+quote(here)+" ADD TABLE "+qualified(st.twin(tw.table.Name))+p.Tail); err != nil {
				return unfit(tw.table.Name, err)
			}
		}
	}
	return nil
}

// publishedAs gives a twin's publications the names of the live ones: Act knows them by these.
func (st *Stage) publishedAs(t *planner.Table) {
	all := take[[]publication](t, extraPublications)
	for i := range all {
		for live, here := range st.published {
			if all[i].Name == here {
				all[i].Name = live
			}
		}
	}
	putList(t.Extra, extraPublications, all)
}
