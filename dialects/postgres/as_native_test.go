package postgres

import (
	"fmt"
	osexec "os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// A nativeCase is a schema and a change. What surefoot makes of it, with every table counted as
// large, must be what the server makes of the same statements, in definition and rows.
type nativeCase struct {
	name, setup, change string
	by                  string // native statements, where they are others
	min                 int    // the oldest version that has it
	refused             string // it is refused at planning, and this is in the reason
}

func asNative(t *testing.T, url string, c nativeCase) {
	t.Helper()
	db := open(t, url)
	if db.major < c.min {
		t.Skipf("PostgreSQL %d has no such thing", db.major)
	}
	natively(t, db, c.setup)
	db = open(t, url) // with the settings that the setup made
	before := everythingIn(t, db)
	p, err := tryPlan(t, db, c.change)
	if c.refused != "" {
		if err == nil || !strings.Contains(err.Error(), c.refused) {
			t.Errorf("the plan is not refused because of %q: %v", c.refused, err)
		}
		if d := cmp.Diff(before, everythingIn(t, db)); d != "" {
			t.Errorf("a refused plan left something (-before +after):\n%s", d)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	twinURL := otherDatabase(t, db)
	natively(t, open(t, twinURL), c.setup)
	twin := open(t, twinURL)
	if c.by == "" {
		c.by = c.change
	}
	natively(t, twin, c.by)

	finished(t, db, p)
	nothingLeft(t, db.pool)
	exec(t, db.pool, "DROP SCHEMA surefoot CASCADE")
	if d := cmp.Diff(everythingIn(t, twin), everythingIn(t, db)); d != "" {
		t.Errorf("differs from what the server makes (-native +surefoot):\n%s", d)
	}
	sameDump(t, twin, db)
}

// natively runs statements in a session as an application has it.
func natively(t *testing.T, db *Database, text string) {
	t.Helper()
	config := db.config.Copy()
	config.RuntimeParams = nil
	plain, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close(t.Context())
	if _, err := plain.Exec(t.Context(), text, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", clip(text), err)
	}
}

// tryPlan plans as the program does: the server is asked.
func tryPlan(t *testing.T, db *Database, text string) (*plan.Plan, error) {
	t.Helper()
	s := inspect(t, db)
	stmts, err := db.Parse("change.sql", text, s)
	if err != nil {
		t.Fatal(err)
	}
	return planner.Build(stmts, s, db, planner.Options{Mode: plan.Safe, Probe: func(n schema.Native, s *schema.Schema) (plan.Effect, error) {
		return db.Probe(t.Context(), n, s)
	}})
}

// finished runs a plan past every hold.
func finished(t *testing.T, db *Database, p *plan.Plan) {
	t.Helper()
	out := run(t, db, p, executor.Options{})
	for range 20 {
		var err error
		switch out.State {
		case executor.Finished:
			return
		case executor.AfterCutOver:
			out, err = executor.Finish(t.Context(), db, out.ID, executor.Options{})
		case executor.Held:
			out, err = executor.Continue(t.Context(), db, out.ID, executor.Options{})
		default:
			t.Fatalf("the run stands in state %s at %s", out.State, out.Step)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the run does not come to its end")
}

// sameDump compares with the eyes of the server's own tool, where one for this version is at hand.
func sameDump(t *testing.T, want, got *Database) {
	t.Helper()
	w, ok := dump(t, want)
	if !ok {
		return
	}
	g, _ := dump(t, got)
	if d := cmp.Diff(strings.Split(w, "\n"), strings.Split(g, "\n")); d != "" {
		t.Errorf("pg_dump differs (-native +surefoot):\n%s", d)
	}
}

func dump(t *testing.T, db *Database) (string, bool) {
	t.Helper()
	address := fmt.Sprintf("postgres://%s@%s:%d/%s?sslmode=disable", db.config.User, db.config.Host, db.config.Port, db.config.Database)
	out, err := osexec.CommandContext(t.Context(), "pg_dump", "--schema-only", address).Output()
	return regexp.MustCompile(`\\(un)?restrict .*`).ReplaceAllString(string(out), ""), err == nil
}

// everythingIn writes down all that a database holds, line by line, rows included.
func everythingIn(t *testing.T, db *Database) []string {
	t.Helper()
	return append(definitionsIn(t, db), linesOf(t, db, `SELECT format('%s: %s', t.name, query_to_xml('SELECT x::text AS r FROM ' || t.name || ' x ORDER BY x::text COLLATE "C"', true, true, ''))
		FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'surefoot')) t ORDER BY 1`)...)
}

// definitionsIn writes down every object, with nothing left out that a client could see.
func definitionsIn(t *testing.T, db *Database) []string {
	t.Helper()
	return linesOf(t, db, everythingQuery)
}

func linesOf(t *testing.T, db *Database, query string) []string {
	t.Helper()
	tx, err := db.pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	if _, err := tx.ExecContext(t.Context(), "SET LOCAL search_path = pg_catalog"); err != nil {
		t.Fatal(err)
	}
	rows, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(line, "\n")...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

const everythingQuery = `
SELECT line FROM (
SELECT format('rel %s.%s kind=%s owner=%s pers=%s opts=%s toast=%s ri=%s rls=%s force=%s acl=%s ts=%s am=%s', n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relpersistence, c.reloptions, (select reloptions from pg_class tc where tc.oid=c.reltoastrelid), c.relreplident, c.relrowsecurity, c.relforcerowsecurity, (SELECT string_agg(x.grantee::regrole||':'||x.privilege_type||':'||x.is_grantable||':'||x.grantor::regrole, ',' ORDER BY x.grantee::regrole::text, x.privilege_type) FROM aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) x), (select spcname from pg_tablespace s where s.oid=c.reltablespace), (select amname from pg_am where oid=c.relam)) AS line
FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace WHERE c.relkind <> 't' AND n.nspname NOT IN ('pg_catalog','information_schema','surefoot') AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('col %s.%s #%s %s %s nn=%s def=%s id=%s gen=%s store=%s comp=%s stat=%s opts=%s coll=%s acl=%s inh=%s local=%s', n.nspname, c.relname, (select count(*) from pg_attribute b where b.attrelid=a.attrelid and b.attnum>0 and b.attnum<=a.attnum and not b.attisdropped), a.attname, format_type(a.atttypid,a.atttypmod), a.attnotnull, pg_get_expr(d.adbin,d.adrelid), a.attidentity, a.attgenerated, a.attstorage, a.attcompression, coalesce(a.attstattarget,-1), a.attoptions, (select collname from pg_collation co where co.oid=a.attcollation), (SELECT string_agg(x.grantee::regrole||':'||x.privilege_type||':'||x.is_grantable||':'||x.grantor::regrole, ',' ORDER BY x.grantee::regrole::text, x.privilege_type) FROM aclexplode(a.attacl) x), a.attinhcount, a.attislocal)
FROM pg_attribute a JOIN pg_class c ON c.oid=a.attrelid JOIN pg_namespace n ON n.oid=c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid=a.attrelid AND d.adnum=a.attnum WHERE c.relkind IN ('r','p','v','m','i','f') AND a.attnum>0 AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog','information_schema','surefoot') AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('con %s.%s %s %s valid=%s def=%s/%s noinh=%s local=%s inh=%s idx=%s more=%s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred, k.connoinherit, k.conislocal, k.coninhcount, (select relname from pg_class where oid=k.conindid), to_jsonb(k)->'conenforced')
FROM pg_constraint k JOIN pg_class c ON c.oid=k.conrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE n.nspname NOT IN ('pg_catalog','information_schema','surefoot')
UNION ALL
SELECT format('idx %s.%s %s valid=%s ready=%s live=%s clustered=%s ri=%s imm=%s', n.nspname, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indislive, i.indisclustered, i.indisreplident, i.indimmediate)
FROM pg_index i JOIN pg_class c ON c.oid=i.indexrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE n.nspname NOT IN ('pg_catalog','information_schema','surefoot') AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('trg %s %s enabled=%s', t.tgrelid::regclass, pg_get_triggerdef(t.oid), t.tgenabled) FROM pg_trigger t WHERE NOT tgisinternal
UNION ALL
SELECT format('rule %s %s enabled=%s', ev_class::regclass, pg_get_ruledef(r.oid), ev_enabled) FROM pg_rewrite r JOIN pg_class c ON c.oid=ev_class JOIN pg_namespace n ON n.oid=c.relnamespace WHERE n.nspname NOT IN ('pg_catalog','information_schema')
UNION ALL
SELECT format('pol %s %s %s %s roles=%s q=%s w=%s', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual,polrelid), pg_get_expr(polwithcheck,polrelid)) FROM pg_policy
UNION ALL
SELECT format('seq %s type=%s start=%s inc=%s max=%s min=%s cache=%s cyc=%s owned=%s', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle, (select string_agg(refobjid::regclass||'.'||(select attname from pg_attribute where attrelid=refobjid and attnum=refobjsubid)||':'||deptype::text, ',') from pg_depend where objid=seqrelid and classid='pg_class'::regclass and refclassid='pg_class'::regclass and deptype in ('a','i'))) FROM pg_sequence WHERE seqrelid::regclass::text !~ '^surefoot'
UNION ALL
SELECT format('stx %s.%s %s owner=%s target=%s', stxnamespace::regnamespace, stxname, pg_get_statisticsobjdef(oid), stxowner::regrole, coalesce(stxstattarget,-1)) FROM pg_statistic_ext
UNION ALL
SELECT format('pub %s %s', p.pubname, to_jsonb(pt)) FROM pg_publication p JOIN pg_publication_tables pt ON pt.pubname=p.pubname
UNION ALL
SELECT format('cmt %s %s: %s', i.type, i.identity, d.description) FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid,d.objoid,d.objsubid) i WHERE d.objoid >= 16384 AND i.schema IS DISTINCT FROM 'surefoot'
UNION ALL
SELECT format('inh %s %s %s', inhrelid::regclass, inhparent::regclass, inhseqno) FROM pg_inherits
UNION ALL
SELECT format('typ %s.%s %s', typnamespace::regnamespace, typname, typtype) FROM pg_type t WHERE t.oid >= 16384 AND typnamespace::regnamespace::text !~ '^(pg_|surefoot)'
UNION ALL
SELECT format('fun %s %s', p.oid::regprocedure, md5(prosrc)) FROM pg_proc p WHERE p.oid >= 16384 AND pronamespace::regnamespace::text <> 'surefoot'
) x ORDER BY line COLLATE "C"`
