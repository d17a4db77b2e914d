package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	driver "modernc.org/sqlite"

	"surefoot/plan"
	"surefoot/schema"
)

// probeRows fill enough pages that a statement which reads or writes them all stands out.
const probeRows = 2000

// Probe asks SQLite what a statement does: it runs on a copy of the table in memory, filled with
// made-up rows, and the pages that it reads and writes are counted. The table itself is not touched.
func (db *Database) Probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error) {
	if t := s.Table(n.Table()); n.SQL == "" || t != nil && len(t.Applied) > 0 {
		return db.Effect(n, s), nil
	}
	return db.probe(ctx, n, s)
}

func (d *Dialect) probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error) {
	e := d.Effect(n, s)
	if e.Refused != "" || len(n.Clauses) == 0 {
		return e, nil
	}
	t, err := d.current(s.Table(n.Table()))
	if err != nil {
		return e, nil //nolint:nilerr // there is no such table yet: nothing to measure on
	}
	statements, err := d.immediate(schema.Alter{On: n.On, Clauses: n.Clauses}, t)
	if refusal := (*schema.Refusal)(nil); errors.As(err, &refusal) {
		return e, nil // it is a part that is not made alone: what is known of its kind holds
	}
	if err != nil {
		return e, fmt.Errorf("probe: %w", err)
	}
	sc, err := newScratch()
	if err != nil {
		return e, err
	}
	defer sc.close()
	if err := sc.exec("PRAGMA page_size = 512"); err != nil { // more pages for fewer rows
		return e, fmt.Errorf("probe: %w", err)
	}
	if err := sc.loadNamed(t); err != nil {
		return e, fmt.Errorf("probe: %w", err)
	}
	if err := sc.fill(t); err != nil {
		return e, fmt.Errorf("probe: %w", err)
	}
	conn, err := sc.db.Conn(ctx)
	if err != nil {
		return e, err
	}
	defer conn.Close()
	seen, err := measure(ctx, conn, t.Name.Table, statements)
	if err != nil {
		return e, fmt.Errorf("probe: %w", err)
	}
	e.Rewrites, e.Scans, e.RebuildsIndexes, e.Source = seen.rewrites, seen.scans, seen.indexes, plan.Probed
	return e, nil
}

// fill makes up rows, all different, that no check looks at.
func (s *scratch) fill(t *schema.Table) error {
	var cols, values []string
	for _, c := range t.Columns {
		if c.Generated != "" {
			continue
		}
		cols = append(cols, quote(c.Name))
		v := "n"
		switch affinityOf(c.Type) {
		case asText:
			v = "printf('value %08d of a row', n)"
		case asBlob:
			v = "CAST(printf('%08d', n) AS BLOB)"
		case asReal:
			v = "n + 0.5"
		case asNumeric:
		}
		values = append(values, v)
	}
	for _, tr := range t.Triggers {
		if err := s.exec("DROP TRIGGER IF EXISTS " + quote(tr.Name)); err != nil {
			return err
		}
	}
	err := s.exec("PRAGMA ignore_check_constraints = ON",
		fmt.Sprintf("INSERT INTO %s (%s) WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) SELECT %s FROM r",
			quote(t.Name.Table), strings.Join(cols, ", "), probeRows, strings.Join(values, ", ")),
		"PRAGMA ignore_check_constraints = OFF")
	for _, tr := range t.Triggers {
		err = errors.Join(err, s.exec(tr.Definition))
	}
	return err
}

// effects is what was seen of a statement.
type effects struct{ rewrites, scans, indexes bool }

// measure runs statements in a transaction, looks at the pages, and takes everything back.
func measure(ctx context.Context, conn *sql.Conn, table string, statements []string) (effects, error) {
	var out effects
	before, err := pagesOf(ctx, conn, table)
	if err != nil {
		return out, err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return out, err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") //nolint:errcheck // the session is thrown away
	read, err := pagesRead(conn)
	if err != nil {
		return out, err
	}
	for _, q := range statements {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return out, err
		}
	}
	now, err := pagesRead(conn)
	if err != nil {
		return out, err
	}
	after, err := pagesOf(ctx, conn, table)
	if err != nil {
		return out, err
	}
	was, is := before[table], after[table]
	if is == nil {
		return out, nil // it is gone
	}
	out.rewrites = was.differs(is)
	dropped := false
	for name := range before {
		dropped = dropped || after[name] == nil
	}
	// A scan may read an index that has all it needs, and is smaller than the table.
	out.scans = (!dropped || out.rewrites) && 4*(now-read) > len(was.sums)
	for name, pages := range after {
		if name != table && (before[name] == nil || before[name].differs(pages)) {
			out.indexes = true
		}
	}
	return out, nil
}

// btree is the pages of a table or index: their sums by number, and the root.
type btree struct {
	root int
	sums map[int]uint64
}

// differs says that most pages changed or the tree stands elsewhere.
func (b *btree) differs(o *btree) bool {
	changed := 0
	for n, sum := range b.sums {
		if o.sums[n] != sum {
			changed++
		}
	}
	return b.root != o.root || 2*changed > len(b.sums)
}

// pageSeed makes sums of pages comparable within the process.
var pageSeed = maphash.MakeSeed()

func pagesOf(ctx context.Context, q querier, table string) (map[string]*btree, error) {
	out := map[string]*btree{}
	err := each(ctx, q, "SELECT m.name, m.rootpage, s.pageno, p.data FROM sqlite_schema m JOIN dbstat s ON s.name = m.name JOIN sqlite_dbpage p ON p.pgno = s.pageno"+
		" WHERE m.tbl_name = ?1 COLLATE NOCASE AND m.rootpage > 0", func(rows *sql.Rows) error {
		var name string
		var root, page int
		var data []byte
		if err := rows.Scan(&name, &root, &page, &data); err != nil {
			return err
		}
		if out[name] == nil {
			out[name] = &btree{root: root, sums: map[int]uint64{}}
		}
		out[name].sums[page] = maphash.Bytes(pageSeed, data)
		return nil
	}, table)
	return out, err
}

// pagesRead counts the pages that a session has asked for.
func pagesRead(conn *sql.Conn) (int, error) {
	n := 0
	err := conn.Raw(func(c any) error {
		st, ok := c.(driver.DBStatus)
		if !ok {
			return errors.New("the driver does not count pages")
		}
		for _, op := range []driver.DBStatusOp{driver.DBStatusCacheHit, driver.DBStatusCacheMiss} {
			cur, _, err := st.Status(op, false)
			if err != nil {
				return err
			}
			n += cur
		}
		return nil
	})
	return n, err
}
