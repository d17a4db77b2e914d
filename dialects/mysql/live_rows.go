package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
	"surefoot/schema"
)

// TryRows runs the statements of a change on clones of their tables that have a sample of the rows: what a role that
// may have no stage can ask. Each clone is one as Probe makes it, in the table's own database. A
// *schema.Refusal says what the server refuses. It ends at the first statement of which a clone says nothing: what
// follows may need it. rows says how many rows the clones had that took them all.
func (db *Database) TryRows(ctx context.Context, have, after *schema.Schema, statements []schema.Statement) (rows int64, err error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("try the statements on rows: %w", err)
	}
	defer conn.Close()
	defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // what the script sets is for nobody else
	clones := rowClones{db: db, conn: conn, have: have, after: after, until: time.Now().Add(plan.SampleTime)}
	defer func() {
		for _, clone := range clones.made {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+qualified(clone)) // Doctor finds what is left
		}
	}()
	for _, s := range statements {
		taken, err := clones.take(ctx, s)
		if err != nil || !taken {
			return 0, err
		}
	}
	return clones.rows, nil
}

// rowClones are clones of tables with rows.
type rowClones struct {
	db          *Database
	conn        *sql.Conn
	have, after *schema.Schema
	until       time.Time
	made        map[string]schema.Name // by the table's name, as statements give it resolved
	rows        int64
}

// take runs a statement on its table's clone. taken is false where that says nothing.
func (c *rowClones) take(ctx context.Context, s schema.Statement) (taken bool, err error) {
	if len(s.Changes) == 0 {
		return true, runAll(ctx, c.conn, s.Setup)
	}
	t := schema.AlteredTable(c.have, schema.Flatten(s.Changes))
	if t == nil || s.SQL == "" || aboutForeignKeys(s.Changes) {
		return false, nil
	}
	clone := cloneName(schema.Name{Schema: t.Name.Schema, Table: t.Name.Table + "\x00rows"}) // Probe of another plan drops its own
	rename := func(name string) string { return c.db.cloneConstraint(t, clone, name) }
	body, err := c.db.onClone(schema.Native{On: schema.On{Name: t.Name}, SQL: s.SQL, Clauses: s.Changes}, clone, "ALGORITHM=DEFAULT", rename)
	if err != nil {
		return false, nil //nolint:nilerr // a clone cannot say it
	}
	if free, err := c.fill(ctx, t, clone, rename); err != nil || !free {
		return false, err
	}
	mode := "SET SESSION sql_mode = " + c.db.usersMode(nil)
	err = runAll(ctx, c.conn, append(append([]string{mode}, s.Setup...), body))
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case declines(err), c.db.ofNow(err), aboutZeros(err), aboutConstraint(err):
		return false, nil
	}
	return false, &schema.Refusal{Statement: s, Reasons: []string{"on a clone with a sample of the table's rows the server refuses it: " + strings.ReplaceAll(err.Error(), clone.Table, t.Name.Table)}}
}

// fill makes a clone, with rows, unless it is there. free is false where somebody else has one of the table: there is
// one at a time, so that the next one drops what a process left that was killed.
func (c *rowClones) fill(ctx context.Context, t *schema.Table, clone schema.Name, rename func(string) string) (free bool, err error) {
	if _, there := c.made[t.Name.String()]; there {
		return true, nil
	}
	var got sql.NullInt64
	if err := c.conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", clone.Table).Scan(&got); err != nil || got.Int64 != 1 {
		return false, err
	}
	if c.made == nil {
		c.made = map[string]schema.Name{}
	}
	c.made[t.Name.String()] = clone
	if err := c.db.makeClone(ctx, c.conn, t, clone, rename); err != nil {
		return false, err
	}
	s := sampler{c.db.pool, c.after, func(*schema.Table) schema.Name { return clone }}
	if err := s.sample(ctx, t, c.until); err != nil {
		return false, err
	}
	if err := s.windows(ctx, t, c.until.Add(plan.SampleTime)); err != nil {
		return false, err
	}
	var rows int64
	if err := c.conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+qualified(clone)).Scan(&rows); err != nil {
		return false, fmt.Errorf("try the statements on rows: %w", err)
	}
	c.rows += rows
	return true, nil
}

// aboutConstraint: there is no such constraint, or one of its name. A clone has no foreign keys, and checks of other
// names.
func aboutConstraint(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && slices.Contains([]uint16{1091, 1826, 3821, 3822, 3940}, e.Number)
}
