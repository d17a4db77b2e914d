package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
	"surefoot/schema"
)

// families makes the kept rows such that a foreign key holds among them where it holds in life.
func (st *Stage) families(ctx context.Context) error {
	for range 2 { // parents may have parents
		for _, tw := range st.twins {
			if err := st.keepParents(ctx, tw.table); err != nil {
				return err
			}
		}
	}
	tx, err := st.twin.pool.BeginTx(ctx, nil) // one commit for a chain's many turns
	if err != nil {
		return fmt.Errorf("keep a sample: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	until := time.Now().Add(plan.SampleTime)
	for {
		left := int64(0)
		for _, tw := range st.twins {
			n, err := st.leaveOrphans(ctx, tx, tw.table)
			if err != nil {
				return err
			}
			left += n
		}
		if left == 0 {
			return tx.Commit()
		}
		if time.Now().After(until) {
			return &schema.Unfit{Reason: "the rows that others refer to are not found in time"}
		}
	}
}

// keepParents keeps the rows of every table of the stage that a table's kept rows could refer to: those
// that its foreign keys name now.
func (st *Stage) keepParents(ctx context.Context, t *schema.Table) error {
	for _, k := range st.bonds(t) {
		parent := st.have.Table(k.RefTable)
		tail := fmt.Sprintf("WHERE (%s) IN (SELECT %s FROM %s)", quoteAll(k.RefColumns), quoteAll(k.Columns), qualified(st.keptOf(t)))
		_, soon, err := st.sampler().keep(ctx, plan.SampleTime, parent, tail)
		if err != nil {
			return err
		}
		if !soon {
			return &schema.Unfit{Reason: fmt.Sprintf("the rows of %s that rows of %s refer to are not found in time", parent.Name, t.Name)}
		}
	}
	return nil
}

// leaveOrphans lets go of a table's kept rows whose parents are there in life and are not kept: a table that
// refers to itself may have a chain through all of its rows.
func (st *Stage) leaveOrphans(ctx context.Context, tx *sql.Tx, t *schema.Table) (int64, error) {
	left := int64(0)
	for _, k := range st.bonds(t) {
		parent := st.have.Table(k.RefTable)
		var kept, live []string
		for i, col := range k.Columns {
			kept = append(kept, "p."+quote(k.RefColumns[i])+" = c."+quote(col))
			live = append(live, "l."+quote(k.RefColumns[i])+" = c."+quote(col))
		}
		done, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE c FROM %s AS c JOIN %s AS l ON %s LEFT JOIN %s AS p ON %s WHERE p.%s IS NULL",
			qualified(st.keptOf(t)), qualified(parent.Name), strings.Join(live, " AND "), qualified(st.keptOf(parent)), strings.Join(kept, " AND "), quote(k.RefColumns[0])))
		if err != nil {
			return 0, fmt.Errorf("keep a sample of %s: %w", t.Name, err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, err
		}
		left += n
	}
	return left, nil
}

// bonds are a table's foreign keys, those that it is to get among them, of which both tables are on the stage.
func (st *Stage) bonds(t *schema.Table) []schema.Constraint {
	var keys []schema.Constraint
	for _, k := range schema.ForeignKeys(st.have, st.after, t) {
		parent := st.have.Table(k.RefTable)
		if parent == nil || !st.has(parent) || len(k.RefColumns) != len(k.Columns) ||
			slices.ContainsFunc(k.Columns, func(c string) bool { return t.Column(c) == nil }) ||
			slices.ContainsFunc(k.RefColumns, func(c string) bool { return parent.Column(c) == nil }) {
			continue
		}
		keys = append(keys, k)
	}
	return keys
}

// nameOfKey is where the server names the foreign key that it found violated.
var nameOfKey = regexp.MustCompile("CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY")

// Doubt: a foreign key may fail because the sample was not made along it, as when its columns are new.
func (st *Stage) Doubt(err error) string {
	var server *mysql.MySQLError
	if !errors.As(err, &server) || server.Number != 1452 {
		return ""
	}
	name := ""
	if found := nameOfKey.FindStringSubmatch(server.Message); found != nil {
		name = strings.ReplaceAll(found[1], "``", "`")
	}
	for _, tw := range st.twins {
		for _, k := range st.bonds(tw.table) {
			if strings.EqualFold(k.Name, name) {
				return ""
			}
		}
	}
	return "the sample has not the rows that foreign key " + name + " refers to"
}

// Fault says what an error of the server means.
func (st *Stage) Fault(err error) plan.Fault { return st.live.Fault(err) }

// referred says that a foreign key refers to a table before the change or after it.
func (st *Stage) referred(table string) bool {
	return slices.ContainsFunc(st.twins, func(tw twinTable) bool {
		return slices.ContainsFunc(st.bonds(tw.table), func(k schema.Constraint) bool { return k.RefTable.Table == table })
	})
}

func (st *Stage) keptOf(t *schema.Table) schema.Name {
	return schema.Name{Schema: st.kept, Table: t.Name.Table}
}

func (st *Stage) sampler() sampler { return sampler{st.sessions, st.after, st.keptOf} }

func (st *Stage) has(t *schema.Table) bool {
	return slices.ContainsFunc(st.twins, func(tw twinTable) bool { return tw.table == t })
}
