package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"surefoot/plan"
	"surefoot/schema"
)

// sampleTids asks for the places of rows that say much about the table itself. A query that lasts holds up
// whoever waits for the table with a lock: then the ends of the key must do, or nothing.
func sampleTids(ctx context.Context, conn *sql.Conn, t *schema.Table) ([]string, error) {
	from := "ONLY " + qualified(t.Name)
	var parts []string
	for _, tail := range plan.Sample(t, sampleWords(from)) {
		parts = append(parts, "(SELECT ctid FROM "+from+" "+tail+")")
	}
	tids, err := soon(ctx, conn, tidsOf(parts))
	if tooLate(err) || fails(err, "42883") { // a type without an order
		tids, err = soon(ctx, conn, tidsOf(parts[:min(2, len(parts))]))
	}
	if tooLate(err) || fails(err, "42501") { // this role may not read the table
		return nil, nil
	}
	return tids, err
}

// sampleWindows adds rows that have the extremes of windows of a large table.
func (tw *twinTable) sampleWindows(ctx context.Context, conn *sql.Conn, after *schema.Schema, until time.Time) error {
	from := "ONLY " + qualified(tw.table.Name)
	words := sampleWords(from)
	words.PlaceEnds = "SELECT 0, pg_relation_size(" + regclass(tw.table.Name) + ") / current_setting('block_size')::bigint"
	words.Places = func(from, to int64) string {
		return fmt.Sprintf("sf_live.ctid BETWEEN '(%d,0)' AND '(%d,0)'", from, to)
	}
	windows := plan.NewWindows(tw.table, after, words)
	if windows == nil || len(tw.tids) == 0 {
		return nil
	}
	var least, greatest sql.NullInt64
	if err := conn.QueryRowContext(ctx, windows.Ends).Scan(&least, &greatest); err != nil || !least.Valid {
		return err
	}
	sampled := func() string {
		return fmt.Sprintf("(SELECT * FROM %s WHERE ctid = ANY('{%s}'::tid[])) AS sf_sampled", from, tidList(tw.tids))
	}
	return windows.Look(until, least.Int64, greatest.Int64, sampled, func(tail string) (int64, error) {
		tids, err := soon(ctx, conn, "SELECT sf_live.ctid::text FROM "+from+" AS sf_live "+tail)
		if tooLate(err) {
			return 0, nil
		}
		tw.add(tids)
		return int64(len(tids)), err
	})
}

func tidsOf(parts []string) string {
	return "SELECT ctid::text FROM (SELECT DISTINCT ctid FROM (" + strings.Join(parts, " UNION ALL ") + ") every) x LIMIT " + strconv.Itoa(mostRows)
}

func tooLate(err error) bool { return fails(err, "57014") } // query_canceled

func fails(err error, code string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code
}

// soon gives a query's only column if that takes a moment. The end of its transaction may take a moment too: as
// the driver's own it would be given up with the session.
func soon(ctx context.Context, conn *sql.Conn, query string) ([]string, error) {
	if _, err := conn.ExecContext(ctx, "BEGIN READ ONLY"); err != nil {
		return nil, err
	}
	out, err := []string(nil), error(nil)
	if _, err = conn.ExecContext(ctx, "SET LOCAL statement_timeout = '50ms'"); err == nil {
		out, err = column(ctx, conn, query)
	}
	for {
		if _, ends := conn.ExecContext(ctx, "ROLLBACK"); !tooLate(ends) {
			return out, errors.Join(err, ends)
		}
	}
}

// sampleWords say how a sample's queries are written; from is the table.
func sampleWords(from string) plan.SampleWords {
	return plan.SampleWords{
		From: from, Quote: quote,
		Length: func(column string) string { return "length(" + column + "::text)" },
		Whole:  func(expr string) string { return "(" + expr + ")::bigint" },
	}
}

// parents adds to the samples of other tables the rows that a table's sampled rows refer to.
func (st *Stage) parents(ctx context.Context, conn *sql.Conn, tw *twinTable, after *schema.Schema) error {
	for _, k := range tw.bonds(st.have, after) {
		for _, parent := range st.rowsOf(st.have.Table(k.RefTable)) {
			if err := parent.addReferred(ctx, conn, k, tw); err != nil {
				return fmt.Errorf("sample %s: %w", parent.table.Name, err)
			}
		}
	}
	return nil
}

// bonds are a table's foreign keys, those that it is to get among them, as far as its sampled rows have them and
// their values can be looked for now.
func (tw *twinTable) bonds(have, after *schema.Schema) []schema.Constraint {
	return slices.DeleteFunc(schema.ForeignKeys(have, after, tw.table), func(k schema.Constraint) bool {
		parent := have.Table(k.RefTable)
		if parent == nil || len(k.RefColumns) != len(k.Columns) || len(tw.tids) == 0 {
			return true
		}
		for i, name := range k.Columns {
			own, other := tw.table.Column(name), parent.Column(k.RefColumns[i])
			if own == nil || other == nil || !alike(parseType(own.Type).base, parseType(other.Type).base) {
				return true
			}
		}
		return false
	})
}

// alike says that values of two types can be looked up by one another.
func alike(a, b string) bool {
	kinds := [][]string{{"smallint", "integer", "bigint", "numeric"}, {"text", "character varying", "character"}}
	return a == b || slices.ContainsFunc(kinds, func(kind []string) bool { return slices.Contains(kind, a) && slices.Contains(kind, b) })
}

// Doubt: a function may be slow, and a foreign key may fail because the sample was not made along it, as when its columns are new, or it is one
// of a partitioned table.
func (st *Stage) Doubt(err error) string {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return ""
	}
	switch server.Code {
	case "57014":
		return fmt.Sprintf("on twins with a sample of rows it takes longer than %v", longestNative)
	case "23503":
	default:
		return ""
	}
	for _, tw := range st.twins {
		for _, k := range tw.bonds(st.have, st.after) {
			if k.Name == server.ConstraintName && tw.table.Name.Table == server.TableName {
				return ""
			}
		}
	}
	return "the sample has not the rows that foreign key " + server.ConstraintName + " of " + server.TableName + " refers to"
}

// Fault says what an error of the server means.
func (st *Stage) Fault(err error) plan.Fault { return st.live.Fault(err) }

// leaveChains leaves out the sampled rows that refer to rows which are there and were not sampled, and then those
// that refer to these: a table that refers to itself may have a chain through all of its rows. What refers to
// nothing in life stays, so that a foreign key that is to come fails on the twins as it would.
func (st *Stage) leaveChains(ctx context.Context, conn *sql.Conn, after *schema.Schema) error {
	refer := map[*twinTable][]referral{}
	for _, tw := range st.twins {
		for _, k := range tw.bonds(st.have, after) {
			for _, parent := range st.rowsOf(st.have.Table(k.RefTable)) {
				found, err := referrals(ctx, conn, k, tw, parent)
				if err != nil {
					return fmt.Errorf("sample %s: %w", tw.table.Name, err)
				}
				refer[tw] = append(refer[tw], found...)
			}
		}
	}
	sampled := map[*twinTable]map[string]bool{}
	for _, tw := range st.twins {
		sampled[tw] = map[string]bool{}
		for _, tid := range tw.tids {
			sampled[tw][tid] = true
		}
	}
	for again := true; again; {
		again = false
		for _, tw := range st.twins {
			for _, r := range refer[tw] {
				if sampled[tw][r.child] && !sampled[r.to][r.parent] {
					delete(sampled[tw], r.child)
					again = true
				}
			}
		}
	}
	for _, tw := range st.twins {
		tw.tids = slices.DeleteFunc(tw.tids, func(tid string) bool { return !sampled[tw][tid] })
	}
	return nil
}

// referral says that a row refers to one of a table.
type referral struct {
	child, parent string
	to            *twinTable
}

// referrals finds to which rows of a table another one's sampled rows refer.
func referrals(ctx context.Context, conn *sql.Conn, k schema.Constraint, from, to *twinTable) ([]referral, error) {
	var same []string
	for i := range k.Columns {
		same = append(same, "p."+quote(k.RefColumns[i])+" = c."+quote(k.Columns[i]))
	}
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT c.ctid::text, p.ctid::text FROM ONLY %s c JOIN ONLY %s p ON %s WHERE c.ctid = ANY('{%s}'::tid[])",
		qualified(from.table.Name), qualified(to.table.Name), strings.Join(same, " AND "), tidList(from.tids)))
	if fails(err, "42501") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []referral
	for rows.Next() {
		r := referral{to: to}
		if err := rows.Scan(&r.child, &r.parent); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// addReferred adds the rows that another table's sampled rows refer to by a foreign key.
func (tw *twinTable) addReferred(ctx context.Context, conn *sql.Conn, k schema.Constraint, from *twinTable) error {
	more, err := column(ctx, conn, fmt.Sprintf("SELECT ctid::text FROM ONLY %s WHERE (%s) IN (SELECT %s FROM ONLY %s WHERE ctid = ANY('{%s}'::tid[])) LIMIT %d",
		qualified(tw.table.Name), quoteAll(k.RefColumns), quoteAll(k.Columns), qualified(from.table.Name), tidList(from.tids), mostRows))
	if fails(err, "42501") {
		return nil
	}
	if err != nil {
		return err
	}
	tw.add(more)
	return nil
}

func (tw *twinTable) add(tids []string) {
	for _, tid := range tids {
		if !slices.Contains(tw.tids, tid) {
			tw.tids = append(tw.tids, tid)
		}
	}
}

func tidList(tids []string) string { return `"` + strings.Join(tids, `","`) + `"` }

// copyOut reads the sampled rows as COPY writes them, in the order of the table's key: the server numbers the rows of
// a new column as they lie there, a plan in the key's order.
func (tw *twinTable) copyOut(ctx context.Context, conn *sql.Conn) error {
	var names, sizes []string
	for _, c := range tw.table.Columns {
		if c.Generated == "" {
			names = append(names, quote(c.Name))
			sizes = append(sizes, "coalesce(pg_column_size("+quote(c.Name)+"), 0)")
		}
	}
	tw.columns = strings.Join(names, ", ")
	if len(tw.tids) == 0 || len(names) == 0 {
		return nil
	}
	order := ""
	if key, why := tw.table.Key(); why == "" {
		var by []string
		for _, k := range key {
			by = append(by, quote(k.Name))
		}
		order = " ORDER BY " + strings.Join(by, ", ")
	}
	var out bytes.Buffer
	err := raw(conn, func(c *pgconn.PgConn) error {
		_, err := c.CopyTo(ctx, &out, fmt.Sprintf("COPY (SELECT %s FROM ONLY %s WHERE ctid = ANY('{%s}'::tid[]) AND %s < %d%s) TO STDOUT",
			tw.columns, qualified(tw.table.Name), tidList(tw.tids), strings.Join(sizes, " + "), widestRow, order))
		return err
	})
	tw.rows = out.Bytes()
	return err
}

func raw(conn *sql.Conn, f func(*pgconn.PgConn) error) error {
	return conn.Raw(func(c any) error {
		s, ok := c.(session)
		if !ok {
			return fmt.Errorf("the driver gave a %T", c)
		}
		return f(s.Conn.Conn().PgConn())
	})
}

// column gives a query's only column.
func column(ctx context.Context, q querier, text string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (st *Stage) fill(ctx context.Context, tw *twinTable) error {
	if len(tw.rows) == 0 {
		return nil
	}
	return raw(st.conn, func(c *pgconn.PgConn) error {
		_, err := c.CopyFrom(ctx, bytes.NewReader(tw.rows), "COPY "+qualified(st.twin(tw.table.Name))+" ("+tw.columns+") FROM STDIN")
		return err
	})
}

// orphans drops sampled rows that refer to rows which were not sampled, and then those that refer to these.
func (st *Stage) orphans(ctx context.Context) error {
	for {
		dropped := int64(0)
		for _, tw := range st.twins {
			n, err := st.dropOrphans(ctx, tw)
			if err != nil {
				return unfit(tw.table.Name, err)
			}
			dropped += n
		}
		if dropped == 0 {
			return nil
		}
	}
}

func (st *Stage) dropOrphans(ctx context.Context, tw *twinTable) (dropped int64, err error) {
	for _, k := range schema.ForeignKeys(st.have, nil, tw.table) {
		if !st.has(st.have.Table(k.RefTable)) || k.NotValid || k.Inherited || len(k.RefColumns) != len(k.Columns) {
			continue
		}
		var same, there []string
		for i := range k.Columns {
			same = append(same, "p."+quote(k.RefColumns[i])+" = c."+quote(k.Columns[i]))
			there = append(there, "c."+quote(k.Columns[i])+" IS NOT NULL")
		}
		done, err := st.conn.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)",
			qualified(st.twin(tw.table.Name)), strings.Join(there, " AND "), qualified(st.twin(st.have.Table(k.RefTable).Name)), strings.Join(same, " AND ")))
		if err != nil {
			return dropped, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return dropped, err
		}
		dropped += n
	}
	return dropped, nil
}
