package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

// twinTable is a table of the stage: what makes it, and rows of the live one.
type twinTable struct {
	table      *schema.Table
	oid        string
	statements []ranked
	columns    string // of the rows
	tids       []string
	rows       []byte // as COPY writes them
}

type ranked struct {
	rank int
	sql  string
}

const (
	mostRows  = 1000      // of a table
	widestRow = 1_000_000 // bytes: longer ones are left out
)

// read asks the catalog what makes the tables, and samples their rows. Each query is a transaction
// of its own and holds its locks for a moment.
func (st *Stage) read(ctx context.Context, after *schema.Schema) error {
	conn, err := st.live.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("make a stage: %w", err)
	}
	defer conn.Close()
	var oids []string
	for _, tw := range st.twins {
		if s := slices.IndexFunc(take[[]statistic](tw.table, extraStatistics), func(s statistic) bool { return s.Schema != tw.table.Name.Schema }); s >= 0 {
			return &schema.Unfit{Reason: "statistics of " + tw.table.Name.String() + " are in another schema than the table"}
		}
		if tw.oid, err = oidOf(ctx, conn, tw.table.Name); err != nil {
			return err
		}
		oids = append(oids, tw.oid)
	}
	for _, tw := range st.twins {
		if err := st.define(ctx, conn, tw, strings.Join(oids, ",")); err != nil {
			return err
		}
	}
	for _, tw := range st.twins {
		if tw.partitioned() {
			continue
		}
		if tw.tids, err = sampleTids(ctx, conn, tw.table); err != nil {
			return fmt.Errorf("sample %s: %w", tw.table.Name, err)
		}
	}
	until := time.Now().Add(plan.SampleTime)
	for _, tw := range st.twins {
		if err := tw.sampleWindows(ctx, conn, after, until); err != nil {
			return fmt.Errorf("sample %s: %w", tw.table.Name, err)
		}
	}
	for range 2 { // parents may have parents
		for _, tw := range st.twins {
			if err := st.parents(ctx, conn, tw, after); err != nil {
				return err
			}
		}
	}
	if err := st.leaveChains(ctx, conn, after); err != nil {
		return err
	}
	for _, tw := range st.twins {
		if err := tw.copyOut(ctx, conn); err != nil {
			return fmt.Errorf("sample %s: %w", tw.table.Name, err)
		}
	}
	return nil
}

func oidOf(ctx context.Context, q querier, n schema.Name) (string, error) {
	var oid sql.NullString
	err := q.QueryRowContext(ctx, "SELECT "+regclass(n)+"::oid::text").Scan(&oid)
	if err == nil && !oid.Valid {
		err = errors.New("it is gone")
	}
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", n, err)
	}
	return oid.String, nil
}

// define asks for what makes a table, in words that leave out the live schemas' names.
func (st *Stage) define(ctx context.Context, conn *sql.Conn, tw *twinTable, all string) error {
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // a read-only transaction has nothing to lose
	if _, err := tx.ExecContext(ctx, "SET LOCAL search_path = "+st.livePath(tw.table.Name.Schema)); err != nil {
		return err
	}
	why, err := column(ctx, tx, unfitQuery, tw.oid)
	if err == nil && len(why) > 0 {
		return unfit(tw.table.Name, errors.New(why[0]))
	}
	if err != nil {
		return fmt.Errorf("read what makes %s: %w", tw.table.Name, err)
	}
	tw.statements, err = st.live.definition(ctx, tx, tw.oid, all)
	if err != nil {
		return fmt.Errorf("read what makes %s: %w", tw.table.Name, err)
	}
	return nil
}

// livePath is a search_path of the live schemas, one of them first, and of those in which the role looks for
// types and functions besides.
func (st *Stage) livePath(first string) string {
	path := st.inOrder(first)
	for _, also := range st.have.Path {
		if !slices.Contains(path, also) {
			path = append(path, also)
		}
	}
	return quoteAll(path)
}

// path is a search_path in which the stage's schemas stand before the live ones, those of one live
// schema first. What makes a twin names things as they are found with its own schema first.
func (st *Stage) path(first string) string {
	var path []string
	for _, live := range st.inOrder(first) {
		path = append(path, quote(st.schemas[live]))
	}
	return strings.Join(path, ", ") + ", " + st.livePath(first)
}

func (st *Stage) inOrder(first string) []string {
	names := slices.Sorted(keysOf(st.schemas))
	slices.SortStableFunc(names, func(a, b string) int {
		switch first {
		case a:
			return -1
		case b:
			return 1
		}
		return 0
	})
	return names
}

func (d *Dialect) definition(ctx context.Context, q querier, oid, all string) ([]ranked, error) {
	rows, err := q.QueryContext(ctx, d.defineQuery(), oid, all)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ranked
	for rows.Next() {
		var r ranked
		if err := rows.Scan(&r.rank, &r.sql); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// set makes the twins in a transaction.
func (st *Stage) set(ctx context.Context) (err error) {
	st.pool = newPool(st.live.config, st.live.sessions)
	if st.conn, err = st.pool.Conn(ctx); err != nil {
		return fmt.Errorf("make a stage: %w", err)
	}
	setup := append([]string{"BEGIN", "SET LOCAL lock_timeout = '50ms'"}, st.live.styles...)
	for _, live := range st.inOrder("") {
		name := quote(st.schemas[live]) // to give a table away asks the right to make one there of the owner
		setup = append(setup, "CREATE SCHEMA "+name, "GRANT USAGE, CREATE ON SCHEMA "+name+" TO PUBLIC")
	}
	setup = append(setup, st.makeShared()...)
	for _, q := range append(setup, "SET LOCAL search_path = "+st.path(st.have.Default)) {
		if _, err := st.conn.ExecContext(ctx, q); err != nil {
			if st.live.Fault(err) == plan.Privilege {
				return &schema.Unfit{Reason: "the role may not create a schema (GRANT CREATE ON DATABASE lets it)"}
			}
			return fmt.Errorf("make a stage: %w", err)
		}
	}
	if err := st.make(ctx, 0, rankRows); err != nil {
		return err
	}
	if _, err := st.conn.ExecContext(ctx, st.withoutDefaultRights()); err != nil {
		return fmt.Errorf("make a stage: %w", err)
	}
	for _, tw := range st.twins {
		if err := st.fill(ctx, tw); err != nil {
			return unfit(tw.table.Name, err)
		}
	}
	if err := st.make(ctx, rankRows, rankForeign); err != nil {
		return err
	}
	if err := st.orphans(ctx); err != nil {
		return err
	}
	if err := st.make(ctx, rankForeign, rankLast+1); err != nil {
		return err
	}
	if err := st.readers(ctx); err != nil {
		return err
	}
	_, err = st.conn.ExecContext(ctx, "SAVEPOINT surefoot_start")
	return err
}

// withoutDefaultRights takes from the twins what default privileges gave to others: those of the live tables follow.
func (st *Stage) withoutDefaultRights() string {
	var schemas []string
	for _, live := range st.inOrder("") {
		schemas = append(schemas, literal(st.schemas[live]))
	}
	return `DO $surefoot$DECLARE r record; BEGIN
	FOR r IN SELECT DISTINCT c.oid::regclass AS name, c.relkind, x.grantee FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL aclexplode(c.relacl) x WHERE n.nspname IN (` + strings.Join(schemas, ", ") + `) AND x.grantee <> c.relowner LOOP
		EXECUTE format('REVOKE ALL ON %s %s FROM %s', CASE r.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, r.name,
			CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END);
	END LOOP;
END$surefoot$`
}

// make runs the statements of the ranks from (inclusive) to (exclusive), of all tables in the order
// of their ranks. Rights and owners that this role may not give are left out.
func (st *Stage) make(ctx context.Context, from, to int) error {
	for rank := from; rank < to; rank++ {
		for _, tw := range st.twins {
			of := slices.DeleteFunc(slices.Clone(tw.statements), func(s ranked) bool { return s.rank != rank })
			if err := st.makeOf(ctx, tw.table.Name, of); err != nil {
				return unfit(tw.table.Name, err)
			}
		}
	}
	_, err := st.conn.ExecContext(ctx, "SET LOCAL search_path = "+st.path(st.have.Default))
	return err
}

func (st *Stage) makeOf(ctx context.Context, table schema.Name, statements []ranked) error {
	if len(statements) > 0 && len(st.schemas) > 1 {
		if _, err := st.conn.ExecContext(ctx, "SET LOCAL search_path = "+st.path(table.Schema)); err != nil {
			return err
		}
	}
	for _, s := range statements {
		if err := st.tried(ctx, st.Here(s.sql), s.rank >= 80); err != nil {
			return err
		}
	}
	return nil
}

// tried runs a statement; a failure that does not matter is taken back.
func (st *Stage) tried(ctx context.Context, q string, may bool) error {
	if !may {
		_, err := st.conn.ExecContext(ctx, q)
		return err
	}
	if _, err := st.conn.ExecContext(ctx, "SAVEPOINT surefoot_try"); err != nil {
		return err
	}
	if _, err := st.conn.ExecContext(ctx, q); err != nil {
		if st.live.Fault(err) != plan.Privilege {
			return err
		}
		_, err = st.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT surefoot_try")
		return err
	}
	_, err := st.conn.ExecContext(ctx, "RELEASE SAVEPOINT surefoot_try")
	return err
}

func (st *Stage) has(t *schema.Table) bool {
	return slices.ContainsFunc(st.twins, func(tw *twinTable) bool { return tw.table == t })
}

// twin gives a table's name on the stage.
func (st *Stage) twin(n schema.Name) schema.Name {
	return schema.Name{Schema: st.schemas[n.Schema], Table: n.Table}
}

// readers makes the views that read the tables, and lets publications have them.
func (st *Stage) readers(ctx context.Context) error {
	if err := st.makeViews(ctx); err != nil {
		return &schema.Unfit{Reason: "a view has no twin: " + err.Error()}
	}
	return st.publish(ctx)
}
