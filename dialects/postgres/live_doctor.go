package postgres

import (
	"context"
	"fmt"
	"slices"

	"surefoot/plan"
	"surefoot/schema"
)

// Doctor looks for what would stop or disturb a run. Every question gives rows of a name and, for
// some, a detail; a row is an problem.
func (db *Database) Doctor(ctx context.Context, tables []schema.Name) ([]plan.Problem, error) {
	only := make([]string, len(tables))
	for i, n := range tables {
		if n.Schema == "" {
			n.Schema = "public"
		}
		only[i] = n.String()
	}
	var problems []plan.Problem
	for _, q := range doctorQuestions {
		found, err := db.ask(ctx, q, only)
		if err != nil {
			return problems, fmt.Errorf("examine the server: %w", err)
		}
		problems = append(problems, found...)
	}
	if db.sessions.pooled {
		problems = append(problems, plan.Problem{
			Severity: plan.Error, What: "a connection pooler stands before the server that pools by transaction",
			Remedy: "give the server's own address, or one that pools by session: a run needs a lock and settings that last",
		})
	}
	slices.SortStableFunc(problems, func(a, b plan.Problem) int { return rankOf(a.Severity) - rankOf(b.Severity) })
	return problems, nil
}

func rankOf(s plan.Severity) int {
	return slices.Index([]plan.Severity{plan.Error, plan.Warning, plan.Note}, s)
}

// question asks for things that are wrong; $1 is the list of tables, empty for all.
type question struct {
	severity     plan.Severity
	what, remedy string // with one %s for what was found
	sql          string
}

const doctorTables = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'surefoot') AND n.nspname !~ '^pg_'
	AND (cardinality($1::text[]) = 0 OR n.nspname || '.' || c.relname = ANY($1::text[]))`

var doctorQuestions = []question{
	{
		plan.Error, "this role does not own %s", "connect as the owner, or GRANT the owner's role to this one",
		`SELECT format('%I.%I', n.nspname, c.relname) FROM ` + doctorTables + ` AND c.relname !~ '_sf_' AND NOT pg_has_role(c.relowner, 'USAGE')`,
	},
	{
		plan.Error, "this role may not create tables in schema %s", "GRANT CREATE ON SCHEMA to this role",
		`SELECT DISTINCT n.nspname::text FROM ` + doctorTables + ` AND NOT has_schema_privilege(n.oid, 'CREATE')`,
	},
	{
		plan.Error, "this role may not create schema surefoot, which holds the journal, in database %s",
		"GRANT CREATE ON DATABASE to this role, or create the schema surefoot and make this role its owner",
		`SELECT current_database()::text WHERE cardinality($1::text[]) >= 0 AND NOT has_database_privilege(current_database(), 'CREATE')
			AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'surefoot' AND has_schema_privilege(oid, 'CREATE'))`,
	},
	{
		plan.Warning, "this role does not own %s, which a cut-over must move to the new table", "connect as its owner, or GRANT the owner's role to this one",
		`WITH RECURSIVE mine AS (SELECT c.oid FROM ` + doctorTables + `),
		reads(source, view) AS (SELECT DISTINCT d.refobjid, r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
			WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class),
		views(rel) AS (SELECT oid FROM mine UNION SELECT r.view FROM views v JOIN reads r ON r.source = v.rel)
		SELECT 'view ' || c.oid::regclass FROM views v JOIN pg_class c ON c.oid = v.rel WHERE c.relkind = 'v' AND NOT pg_has_role(c.relowner, 'USAGE')
		UNION SELECT format('table %s, which refers to %s', k.conrelid::regclass, k.confrelid::regclass) FROM pg_constraint k JOIN mine m ON m.oid = k.confrelid
			JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND NOT pg_has_role(c.relowner, 'USAGE')
		UNION SELECT format('publication %I', p.pubname) FROM pg_publication_rel r JOIN mine m ON m.oid = r.prrelid
			JOIN pg_publication p ON p.oid = r.prpubid WHERE NOT pg_has_role(p.pubowner, 'USAGE')`,
	},
	{
		plan.Note, "this role does not see what %s of other roles do", "GRANT pg_read_all_stats to it, so that blockers and old snapshots are noticed",
		`SELECT 'sessions' WHERE cardinality($1::text[]) >= 0 AND NOT pg_has_role('pg_read_all_stats', 'USAGE')`,
	},
	{
		plan.Error, "the server takes no writes: %s", "connect to the primary",
		`SELECT CASE WHEN pg_is_in_recovery() THEN 'it is a standby' ELSE 'default_transaction_read_only is on' END
			WHERE cardinality($1::text[]) >= 0 AND (pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on')`,
	},
	{
		plan.Warning, "a transaction is open for long: %s", "end it: a cut-over and CREATE INDEX CONCURRENTLY wait for it, and it keeps dead rows alive",
		`SELECT format('session %s (%s), %s since %s', pid, coalesce(nullif(application_name, ''), usename), state, to_char(xact_start, 'HH24:MI:SS'))
			FROM pg_stat_activity WHERE cardinality($1::text[]) >= 0 AND datname = current_database() AND backend_type = 'client backend'
			AND pid <> pg_backend_pid() AND xact_start < now() - interval '1 minute' ORDER BY xact_start LIMIT 5`,
	},
	{
		plan.Warning, "a prepared transaction is open: %s", "COMMIT PREPARED or ROLLBACK PREPARED it: its locks stay until then",
		`SELECT format('%s of %s since %s', gid, owner, to_char(prepared, 'YYYY-MM-DD HH24:MI')) FROM pg_prepared_xacts
			WHERE cardinality($1::text[]) >= 0 AND database = current_database()`,
	},
	{
		plan.Warning, "left behind by a run: %s", "surefoot status names the run; finish it or roll it back, or drop what no run owns",
		`SELECT x.name FROM (SELECT format('table %I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
				WHERE c.relkind = 'r' AND c.relname ~ '_sf_(new|old|log|rev)$'
			UNION ALL SELECT format('trigger %I on %s', t.tgname, t.tgrelid::regclass) FROM pg_trigger t WHERE t.tgname ~ '^~.*_sf_[a-z]+$') x
			WHERE cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) t(n) WHERE strpos(x.name, split_part(t.n, '.', 2)) > 0)`,
	},
	{
		plan.Warning, "index %s is invalid: a build of it failed", "DROP INDEX CONCURRENTLY it; when unique it may still refuse writes",
		`SELECT i.indexrelid::regclass::text FROM pg_index i, ` + doctorTables + ` AND c.oid = i.indrelid AND NOT i.indisvalid`,
	},
	{
		plan.Warning, "a vacuum against wraparound is at work: %s", "let it end: it does not yield its lock",
		`SELECT query FROM pg_stat_activity WHERE cardinality($1::text[]) >= 0 AND query ILIKE 'autovacuum%wraparound%'`,
	},
	{
		plan.Warning, "replication slot %s holds back the log", "bring its consumer up to date or drop it: a copy writes as much log as the table is large",
		`SELECT slot_name::text FROM pg_replication_slots WHERE cardinality($1::text[]) >= 0 AND NOT active`,
	},
	{
		plan.Note, "event trigger %s fires on DDL", "see that it lets the steps of the plan pass",
		`SELECT evtname::text FROM pg_event_trigger WHERE cardinality($1::text[]) >= 0 AND evtenabled <> 'D'`,
	},
	{
		plan.Note, "autovacuum is %s", "turn it on, or VACUUM after the run by hand",
		`SELECT current_setting('autovacuum') WHERE cardinality($1::text[]) >= 0 AND current_setting('autovacuum') = 'off'`,
	},
	{
		plan.Note, "max_wal_size is %s", "more (4GB) makes checkpoints rarer while rows are copied",
		`SELECT current_setting('max_wal_size') WHERE cardinality($1::text[]) >= 0
			AND pg_size_bytes(current_setting('max_wal_size')) < 2::bigint * 1024 * 1024 * 1024`,
	},
}

func (db *Database) ask(ctx context.Context, q question, tables []string) ([]plan.Problem, error) {
	rows, err := db.pool.QueryContext(ctx, q.sql, tables)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []plan.Problem
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, plan.Problem{Severity: q.severity, What: fmt.Sprintf(q.what, name), Remedy: q.remedy})
	}
	return out, rows.Err()
}
