package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"surefoot/plan"
	"surefoot/schema"
)

// errNotAsked says that the server could not be asked: the table of facts answers instead.
var errNotAsked = errors.New("the server was not asked")

// Probe asks the server what a statement does: on an empty temporary clone of the table, in a
// transaction that is rolled back. The clone is the session's own and is gone with it; of the
// user's table only the definition is read. What cannot be tried that way (CONCURRENTLY, statements
// on several tables) is answered from the table of facts. A statement that the server will not run
// is a *schema.Rejected.
func (db *Database) Probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error) {
	e := db.Effect(n, s)
	t := s.Table(n.Table())
	if err := db.nulls(ctx, n, t); err != nil {
		return e, err
	}
	if n.SQL == "" {
		return e, errNotAsked // of a piece the table of facts knows what is to be known
	}
	if t == nil || ahead(t) || ownTransaction(n.SQL) || db.sessions.pooled { // a clone would stay with the session
		return e, nil
	}
	got, err := db.probe(ctx, n, t)
	if errors.Is(err, errNotAsked) {
		return e, nil
	}
	if err != nil {
		var rejected *schema.Rejected
		if errors.As(err, &rejected) {
			return e, rejected
		}
		return e, fmt.Errorf("ask the server what the statement does: %w", err)
	}
	got.LosesData, got.Breaks, got.Refused = e.LosesData, e.Breaks, e.Refused
	return got, nil
}

// ahead says that the server has the table otherwise than the plan will find it.
func ahead(t *schema.Table) bool { return t.Foretold || len(t.Applied) > 0 }

func (db *Database) probe(ctx context.Context, n schema.Native, t *schema.Table) (plan.Effect, error) {
	var e plan.Effect
	clone := schema.Name{Schema: "pg_temp", Table: t.Name.Table}
	text := db.onClone(n, clone, t)
	if text == "" {
		return e, errNotAsked
	}
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return e, err
	}
	defer conn.Close()
	if err := quietEvents(ctx, conn); err != nil {
		return e, err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "RESET session_replication_role") //nolint:errcheck // as with the clone
	defer conn.ExecContext(context.WithoutCancel(ctx), "DISCARD TEMP")                   //nolint:errcheck // a session that is gone took them along
	if err := db.LockTimeout(ctx, conn, 1_000_000_000); err != nil {
		return e, err
	}
	for _, q := range cloneStatements(n, t, clone) {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return e, errNotAsked // no right to make temporary tables, or a table that cannot be cloned
		}
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return e, err
	}
	defer tx.Rollback() //nolint:errcheck // that is what it is for
	before, err := look(ctx, tx, clone)
	if err != nil {
		return e, err
	}
	for _, q := range append(slices.Clip(n.Within), text) {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return e, rejection(err)
		}
	}
	after, err := look(ctx, tx, clone)
	if err != nil {
		return e, err
	}
	return plan.Effect{
		Blocks: lockLevels[after.lock], Lock: after.lock, Source: plan.Probed,
		Passes: plan.Passes{
			Rewrites:        after.file != before.file,
			Scans:           after.scans > before.scans,
			RebuildsIndexes: slices.ContainsFunc(after.indexes, func(f string) bool { return !slices.Contains(before.indexes, f) }),
		},
	}, nil
}

// quietEvents keeps the user's event triggers from firing for the clone: what they write would stay. Where this
// role cannot, the server is not asked.
func quietEvents(ctx context.Context, conn *sql.Conn) error {
	var any, always bool
	err := conn.QueryRowContext(ctx, `SELECT count(*) > 0, count(*) FILTER (WHERE evtenabled IN ('A', 'R')) > 0 FROM pg_event_trigger WHERE evtenabled <> 'D'`).Scan(&any, &always)
	if err != nil || !any {
		return err
	}
	if always {
		return errNotAsked
	}
	if _, err := conn.ExecContext(ctx, "SET session_replication_role = replica"); err != nil {
		return errNotAsked
	}
	return nil
}

// rejections are the classes of errors by which the server says that a statement cannot be run on such
// a table (manual, appendix A). Others say that it could not be asked just now.
var rejections = []string{"0A", "22", "23", "2B", "42", "54"}

// rejection turns a statement's error on the clone into the server's answer.
func rejection(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && slices.Contains(rejections, refused.Code[:2]) {
		return &schema.Rejected{Answer: refused.Error()}
	}
	return errNotAsked
}

// cloneStatements makes the clones: of the table with its indexes and checks, and of the tables that
// new foreign keys point to.
func cloneStatements(n schema.Native, t *schema.Table, clone schema.Name) []string {
	sql := []string{
		"CREATE TEMP TABLE " + quote(clone.Table) + " (LIKE " + qualified(t.Name) + " INCLUDING ALL)",
		// LIKE chooses names for the indexes, and the statement may want one of them.
		`DO $surefoot$DECLARE ix text; BEGIN
			FOR ix IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = ` + regclass(clone) + ` LOOP
				EXECUTE format('ALTER INDEX %s RENAME TO %I', ix, 'surefoot ' || md5(ix));
			END LOOP;
		END$surefoot$`,
	}
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Identity != "" }) { // LIKE gives all sequences the widest type
		sql = append(sql, `DO $surefoot$DECLARE r record; BEGIN
			FOR r IN SELECT a.attname, q.seqtypid::regtype AS kind FROM pg_attribute a JOIN pg_sequence q ON q.seqrelid = pg_get_serial_sequence(`+literal(qualified(t.Name))+`, a.attname)::regclass
				WHERE a.attrelid = `+regclass(t.Name)+` AND a.attidentity <> '' AND NOT a.attisdropped LOOP
				EXECUTE format('ALTER SEQUENCE %s AS %s', pg_get_serial_sequence(`+literal(qualified(clone))+`, r.attname), r.kind);
			END LOOP;
		END$surefoot$`)
	}
	for _, k := range t.Constraints {
		if k.Kind == schema.Check && k.NotValid {
			sql = append(sql, "ALTER TABLE "+qualified(clone)+" DROP CONSTRAINT "+quote(k.Name),
				"ALTER TABLE "+qualified(clone)+" ADD CONSTRAINT "+quote(k.Name)+" "+constraintText(k))
		}
	}
	for _, c := range n.Clauses {
		a, ok := c.(schema.AddConstraint)
		if ok && a.Constraint.Kind == schema.ForeignKey && a.Constraint.RefTable.Table != t.Name.Table {
			sql = append(sql, "CREATE TEMP TABLE "+quote(a.Constraint.RefTable.Table)+" (LIKE "+qualified(a.Constraint.RefTable)+" INCLUDING INDEXES)")
		}
	}
	return sql
}

// onClone writes the statement for the clone; empty where it cannot be.
func (db *Database) onClone(n schema.Native, clone schema.Name, t *schema.Table) string {
	var parts []string
	for _, c := range n.Clauses {
		switch c := c.(type) {
		case schema.CreateIndex:
			if len(n.Clauses) > 1 || c.Online {
				return ""
			}
			return createIndex(c.Index.Name, c.Index.Unique, false, false, clone, indexText(c))
		case schema.RenameColumn:
			return "ALTER TABLE " + qualified(clone) + " RENAME COLUMN " + quote(c.From) + " TO " + quote(c.To)
		case schema.AddConstraint:
			if c.Constraint.Kind == schema.ForeignKey {
				c.Constraint.RefTable.Schema = "pg_temp"
				c.Constraint.Definition = ""
			}
			if c.UsingIndex != "" {
				return "" // the clone's indexes have other names
			}
			parts = append(parts, db.clause(c, t))
		case schema.DropConstraint:
			if k := t.Constraint(c.Constraint); k == nil || k.Kind != schema.Check {
				return "" // LIKE brings no foreign keys, and indexes get other names
			}
			parts = append(parts, db.clause(c, t))
		case schema.ValidateConstraint:
			if k := t.Constraint(c.Constraint.Name); k == nil || k.Kind != schema.Check {
				return ""
			}
			parts = append(parts, db.clause(c, t))
		default:
			part := db.clause(c, t)
			if part == "" {
				return ""
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "ALTER TABLE " + qualified(clone) + " " + strings.Join(parts, ", ")
}

// seen is what the catalog says of a table within a transaction.
type seen struct {
	file    int64
	indexes []string // files
	scans   int64
	lock    string // the strongest that this transaction holds
}

// look reads files, scans and locks. It uses functions by oid and so takes no lock itself.
func look(ctx context.Context, tx *sql.Tx, n schema.Name) (seen, error) {
	var s seen
	var indexes, locks string
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(pg_relation_filenode(c.oid)::bigint, 0), coalesce((SELECT string_agg(pg_relation_filenode(i.indexrelid)::text, ',')
			FROM pg_index i WHERE i.indrelid = c.oid), ''), pg_stat_get_xact_numscans(c.oid),
			coalesce((SELECT string_agg(l.mode, ',') FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = c.oid), '')
		FROM pg_class c WHERE c.oid = `+regclass(n)).Scan(&s.file, &indexes, &s.scans, &locks)
	s.indexes = strings.Split(indexes, ",")
	s.lock = strongest(locks)
	return s, err
}

// lockModes are pg_locks' words, weakest first.
var lockModes = []struct{ mode, lock string }{
	{"AccessShareLock", accessShare},
	{"RowShareLock", "ROW SHARE"},
	{"RowExclusiveLock", rowExclusive},
	{"ShareUpdateExclusiveLock", shareUpdateExclusive},
	{"ShareLock", share},
	{"ShareRowExclusiveLock", shareRowExclusive},
	{"ExclusiveLock", "EXCLUSIVE"},
	{"AccessExclusiveLock", accessExclusive},
}

func strongest(modes string) string {
	held, lock := strings.Split(modes, ","), ""
	for _, m := range lockModes {
		if slices.Contains(held, m.mode) {
			lock = m.lock
		}
	}
	return lock
}
