package cases

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx

	"surefoot/conform/servers"
)

func postgresTarget(version string) target {
	return target{
		name: "postgres-" + version, engine: "postgres",
		create: func(t testing.TB, _ string) string {
			return servers.Shared(t, "postgres", version).Database(t)
		},
		open: func(url string) (*sql.DB, error) {
			return sql.Open("pgx", url+"&default_query_exec_mode=simple_protocol")
		},
		split: statementsOf, state: postgresState,
		journal: "SELECT count(*) FROM surefoot.run WHERE state <> 'rolled-back'",
	}
}

// statementsOf parts a text at semicolons outside quotes, dollar quotes and comments, as psql does:
// sent as one they would be one transaction.
func statementsOf(text string) []string {
	var all []string
	from := 0
	for i := 0; i < len(text); {
		if text[i] == ';' {
			all, from = append(all, text[from:i]), i+1
		}
		i += piece(text[i:])
	}
	return append(all, text[from:])
}

// piece is the length of what a text begins with: a quoted piece, a comment, or one byte.
func piece(text string) int {
	closing, skip := "", 1
	switch {
	case strings.HasPrefix(text, "--"):
		closing = "\n"
	case strings.HasPrefix(text, "/*"):
		closing, skip = "*/", 2
	case text[0] == '\'' || text[0] == '"':
		closing = text[:1]
	case text[0] == '$':
		end := strings.IndexByte(text[1:], '$')
		if end < 0 || strings.ContainsAny(text[1:1+end], " \n();'") {
			return 1
		}
		closing, skip = text[:end+2], end+2
	default:
		return 1
	}
	end := strings.Index(text[skip:], closing)
	if end < 0 {
		return len(text)
	}
	return skip + end + len(closing)
}

// others are the schemas of the server and of the journal.
const ours = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'surefoot')`

// acl writes rights in one order, with the owner's own where none were granted.
func acl(column, kind, owner string) string {
	return "(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(coalesce(" + column + ", acldefault('" + kind + "', " + owner + "))) a)"
}

// postgresCatalog are queries that show all that a database holds.
var postgresCatalog = []string{
	`SELECT 'schema', n.nspname, ` + acl("n.nspacl", "n", "n.nspowner") + ` FROM pg_namespace n WHERE ` + ours,
	`SELECT 'relation', c.oid::regclass, c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole,
		` + acl("c.relacl", "r", "c.relowner") + `, c.reloptions, (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid), am.amname, c.reltablespace,
		pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), (SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam WHERE c.relkind NOT IN ('i', 'I', 't') AND ` + ours,
	`SELECT 'column', c.oid::regclass, lpad((row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum))::text, 4, '0'), a.attname, format_type(a.atttypid, a.atttypmod),
		a.attcollation::regcollation, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage, a.attcompression,
		coalesce(a.attstattarget, -1), a.attoptions, a.attacl, a.attislocal, a.attinhcount
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind NOT IN ('t', 'S') AND ` + ours,
	`SELECT 'constraint', coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text), c.conname, pg_get_constraintdef(c.oid), c.convalidated, c.conislocal, c.coninhcount
		FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE ` + ours,
	`SELECT 'index', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indisreplident, i.indisclustered, i.indisprimary, i.indisunique, c.reltablespace,
		(SELECT string_agg(coalesce(attstattarget, -1)::text, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + ours,
	`SELECT 'sequence', c.oid::regclass, q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle, pg_sequence_last_value(c.oid),
		(SELECT string_agg(format('%s.%s %s', refobjid::regclass, (SELECT attname FROM pg_attribute WHERE attrelid = refobjid AND attnum = refobjsubid), deptype), ',')
			FROM pg_depend WHERE objid = c.oid AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass)
		FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + ours,
	`SELECT 'trigger', g.tgrelid::regclass, pg_get_triggerdef(g.oid), g.tgenabled FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND ` + ours,
	`SELECT 'rule', pg_get_ruledef(r.oid), r.ev_enabled FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + ours,
	`SELECT 'policy', p.polrelid::regclass, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
		FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + ours,
	`SELECT 'function', pg_get_functiondef(p.oid), p.proowner::regrole, ` + acl("p.proacl", "f", "p.proowner") + ` FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE p.prokind IN ('f', 'p') AND ` + ours,
	`SELECT 'type', t.oid::regtype, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, t.typowner::regrole,
		(SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
		FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r') AND ` + ours,
	`SELECT 'published', p.pubname, p.puballtables, t.schemaname, t.tablename, to_jsonb(t)::text FROM pg_publication p LEFT JOIN pg_publication_tables t ON t.pubname = p.pubname`,
	`SELECT 'statistics', pg_get_statisticsobjdef(s.oid), s.stxowner::regrole, coalesce(s.stxstattarget, -1) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ` + ours,
	`SELECT 'comment', (pg_identify_object(d.classoid, d.objoid, d.objsubid)).identity, d.description FROM pg_description d
		WHERE coalesce((pg_identify_object(d.classoid, d.objoid, d.objsubid)).schema, '') !~ '^pg_|^information_schema|^surefoot'
		AND d.classoid IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_statistic_ext'::regclass)
		AND d.objoid >= 16384`,
}

// postgresState shows the catalog, the rows of each table, and what pg_dump writes where there is
// one that knows the server.
func postgresState(ctx context.Context, c *sql.Conn) (string, error) {
	var b strings.Builder
	for _, q := range postgresCatalog {
		text, err := table(ctx, c, q)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	tables, err := table(ctx, c, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated) AND `+ours)
	if err != nil {
		return "", err
	}
	for name := range strings.Lines(tables) {
		name = strings.TrimSpace(name)
		rows, err := table(ctx, c, "SELECT x::text FROM ONLY "+name+" x")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "rows of %s:\n%s", name, rows)
	}
	dump, err := dumped(ctx, c)
	return b.String() + dump, err
}

func dumped(ctx context.Context, c *sql.Conn) (string, error) {
	var database, port string
	if err := c.QueryRowContext(ctx, "SELECT current_database(), current_setting('port')").Scan(&database, &port); err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, "pg_dump", "--schema-only", "--exclude-schema", "surefoot",
		"--no-owner", "-h", "127.0.0.1", "-p", port, "-U", "postgres", database)
	out, err := command.Output()
	if err != nil {
		return "", nil //nolint:nilerr // there is none, or it is older than the server: the catalog says enough
	}
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, `\restrict`) && !strings.HasPrefix(line, `\unrestrict`) {
			b.WriteString(line)
		}
	}
	return b.String(), nil
}
