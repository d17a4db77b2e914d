package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// families makes the sampled rows such that a foreign key holds among them where it holds in life, one that
// is to come too: rows that they refer to are sampled as well, and those that lead too far are left out.
func (st *Stage) families(ctx context.Context, conn *sql.Conn, tables []*schema.Table) error {
	within, cancel := context.WithTimeout(ctx, plan.SampleTime)
	defer cancel()
	err := st.together(within, conn, tables)
	if err != nil && within.Err() != nil && ctx.Err() == nil { // a parent without an index is read whole
		return &schema.Unfit{Reason: "the rows that others refer to are not found in time"}
	}
	return err
}

func (st *Stage) together(ctx context.Context, conn *sql.Conn, tables []*schema.Table) error {
	for range 2 { // parents may have parents
		for _, t := range tables {
			for _, b := range st.bonds(t, tables) {
				columns := writable(b.parent)
				_, err := conn.ExecContext(ctx, fmt.Sprintf("INSERT OR IGNORE INTO main.%s (%s) SELECT %[2]s FROM sf_live.%[1]s WHERE (%[3]s) IN (SELECT %s FROM main.%s)",
					quote(b.parent.Name.Table), columns, bareAll(b.referred), bareAll(b.columns), quote(t.Name.Table)))
				if err != nil {
					return fmt.Errorf("sample %s: %w", b.parent.Name, err)
				}
			}
		}
	}
	for {
		left := int64(0)
		for _, t := range tables {
			for _, b := range st.bonds(t, tables) {
				n, err := st.leaveOrphans(ctx, conn, t, b)
				if err != nil {
					return err
				}
				left += n
			}
		}
		if left == 0 {
			return ctx.Err()
		}
	}
}

// leaveOrphans lets go of sampled rows whose parents are there in life and are not sampled.
func (st *Stage) leaveOrphans(ctx context.Context, conn *sql.Conn, t *schema.Table, b bond) (int64, error) {
	var same []string
	for i, col := range b.columns {
		same = append(same, "p."+quote(b.referred[i])+" = c."+quote(col))
	}
	parent := quote(b.parent.Name.Table) + " AS p WHERE " + strings.Join(same, " AND ")
	done, err := conn.ExecContext(ctx, fmt.Sprintf("DELETE FROM main.%s AS c WHERE EXISTS (SELECT 1 FROM sf_live.%s) AND NOT EXISTS (SELECT 1 FROM main.%[2]s)",
		quote(t.Name.Table), parent))
	if err != nil {
		return 0, fmt.Errorf("sample %s: %w", t.Name, err)
	}
	return done.RowsAffected()
}

// bond is a foreign key between two tables with samples.
type bond struct {
	parent            *schema.Table
	columns, referred []string
}

func (st *Stage) bonds(t *schema.Table, tables []*schema.Table) []bond {
	var all []bond
	for _, k := range schema.ForeignKeys(st.have, st.after, t) {
		b := bond{parent: st.have.Table(k.RefTable), columns: k.Columns, referred: k.RefColumns}
		if b.parent == nil || !slices.Contains(tables, b.parent) || writable(b.parent) == "" {
			continue
		}
		missing := func(of *schema.Table) func(string) bool {
			return func(name string) bool { return of.Column(name) == nil }
		}
		if len(b.referred) == len(b.columns) && !slices.ContainsFunc(b.columns, missing(t)) && !slices.ContainsFunc(b.referred, missing(b.parent)) {
			all = append(all, b)
		}
	}
	return all
}
