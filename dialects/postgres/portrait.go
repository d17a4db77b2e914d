package postgres

import (
	"strings"

	"surefoot/schema"
)

// Portrait gives the query that describes a table and what refers to it, one line a row: see
// plan.PortraitDiff. It asks the catalog anew, knows nothing of Inspect, and leaves out what a run
// itself puts on a table. Rights are told relative to the owner, so that a new owner is one difference.
//
// Names in definitions come out qualified whatever the session's search_path is: the first part sets
// the path, every other part reads through it, and the last one sets it back.
func (d *Dialect) Portrait(table schema.Name) string {
	parts := []string{
		portraitTable, portraitOptions, portraitKin, portraitColumns, portraitGrants, portraitConstraints, portraitKeysTo, portraitIndexes,
		portraitTriggers, portraitPolicies, portraitRules, portraitPublications(d.major), portraitSequences, portraitStatistics, portraitOthers,
	}
	return "WITH RECURSIVE pin AS MATERIALIZED (SELECT current_setting('search_path') AS was, set_config('search_path', 'pg_catalog', true)),\n" +
		"me AS MATERIALIZED (SELECT c.* FROM pin, pg_catalog.pg_class c WHERE c.oid = " + regclass(table) + ")," + portraitRelations +
		"lines AS MATERIALIZED (" + strings.Join(parts, "\nUNION ALL") + "),\n" +
		"unpin AS MATERIALIZED (SELECT set_config('search_path', (SELECT was FROM pin), true) FROM (SELECT count(*) FROM lines) x)\n" +
		"SELECT line FROM lines, unpin"
}

// settledPortrait leaves out whether foreign keys are validated: that goes on after the cut-over.
func (d *Dialect) settledPortrait(table schema.Name) string {
	return strings.NewReplacer("pg_get_constraintdef(k.oid)", "regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')",
		"CASE WHEN k.convalidated ", "CASE WHEN k.convalidated OR k.contype = 'f' ").Replace(d.Portrait(table))
}

// madeAnew sees rows that were written anew or lost where no trigger fires: a rewrite gives a table
// another file, and a column that was dropped and added again another number.
func madeAnew(table schema.Name) string {
	return "SELECT format('file %s, columns %s', pg_relation_filenode(" + regclass(table) + "), (SELECT string_agg(attnum::text, ' ' ORDER BY attnum)" +
		" FROM pg_attribute WHERE attrelid = " + regclass(table) + " AND attnum > 0 AND NOT attisdropped))"
}

// portraitRelations are the table, the views that read it (directly or through others), and the
// sequences of its columns. Most parts describe all of them; tag says whose a line is.
const portraitRelations = `
readers(oid) AS (
	SELECT oid FROM me
	UNION
	SELECT r.ev_class FROM readers v
	JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
	JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid AND r.rulename = '_RETURN'
),
rels AS MATERIALIZED (
	SELECT me.oid, ''::text AS tag FROM me
	UNION ALL
	SELECT c.oid, CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || c.oid::regclass || ', '
	FROM readers r JOIN pg_class c ON c.oid = r.oid WHERE c.oid NOT IN (SELECT oid FROM me)
	UNION ALL
	SELECT s.oid, 'sequence ' || s.oid::regclass || ', ' FROM me
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = me.oid AND d.deptype IN ('a', 'i')
	JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
),`

const portraitTable = `
	SELECT r.tag || x.line AS line FROM rels r JOIN pg_class c ON c.oid = r.oid
	LEFT JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	CROSS JOIN LATERAL unnest(ARRAY[
		'kind: ' || c.relkind::text || c.relpersistence::text,
		'owner: ' || pg_get_userbyid(c.relowner),
		'access method: ' || am.amname, 'tablespace: ' || s.spcname,
		CASE WHEN c.relrowsecurity THEN 'row level security: on' END,
		CASE WHEN c.relforcerowsecurity THEN 'row level security for the owner: on' END,
		CASE WHEN c.relkind IN ('r', 'p') THEN 'replica identity: ' || c.relreplident::text END,
		'comment: ' || quote_literal(obj_description(c.oid, 'pg_class')),
		'of type: ' || nullif(c.reloftype, 0)::regtype,
		CASE WHEN c.relkind = 'p' THEN 'partitioned by: ' || pg_get_partkeydef(c.oid) END,
		'partition bound: ' || pg_get_expr(c.relpartbound, c.oid),
		CASE WHEN c.relkind IN ('v', 'm') THEN 'query: ' || pg_get_viewdef(c.oid) END
	]) x(line) WHERE x.line IS NOT NULL`

const portraitOptions = `
	SELECT r.tag || 'option ' || split_part(o, '=', 1) || ': ' || substr(o, strpos(o, '=') + 1)
	FROM rels r JOIN pg_class c ON c.oid = r.oid CROSS JOIN unnest(c.reloptions) o
	UNION ALL
	SELECT 'toast option ' || split_part(o, '=', 1) || ': ' || substr(o, strpos(o, '=') + 1)
	FROM me JOIN pg_class c ON c.oid = me.reltoastrelid CROSS JOIN unnest(c.reloptions) o`

const portraitKin = `
	SELECT 'inherits: ' || i.inhparent::regclass || ', ' || i.inhseqno || CASE WHEN i.inhdetachpending THEN ', being detached' ELSE '' END
	FROM me JOIN pg_inherits i ON i.inhrelid = me.oid
	UNION ALL
	SELECT 'inherited by: ' || i.inhrelid::regclass FROM me JOIN pg_inherits i ON i.inhparent = me.oid
	UNION ALL
	SELECT r.tag || 'extension: ' || e.extname FROM rels r
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_extension'::regclass JOIN pg_extension e ON e.oid = d.refobjid
	UNION ALL
	SELECT r.tag || 'security label: ' || l.objsubid || ', ' || l.provider || ' ' || l.label
	FROM rels r JOIN pg_seclabel l ON l.classoid = 'pg_class'::regclass AND l.objoid = r.oid
	UNION ALL
	SELECT 'subscription: ' || u.subname FROM me JOIN pg_subscription_rel s ON s.srrelid = me.oid JOIN pg_subscription u ON u.oid = s.srsubid`

// A column's place is told by the one before it: numbers keep gaps where columns were dropped.
const portraitColumns = `
	SELECT a.tag || 'column ' || quote_ident(a.attname) || ': ' || format_type(a.atttypid, a.atttypmod)
		|| CASE WHEN a.attcollation <> 0 AND a.attcollation <> (SELECT t.typcollation FROM pg_type t WHERE t.oid = a.atttypid) THEN ' collate ' || a.attcollation::regcollation ELSE '' END
		|| CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
		|| CASE WHEN d.oid IS NULL THEN '' WHEN a.attgenerated = '' THEN ' default ' || pg_get_expr(d.adbin, d.adrelid)
			ELSE ' generated ' || a.attgenerated::text || ' ' || pg_get_expr(d.adbin, d.adrelid) END
		|| CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
		|| coalesce(', after ' || quote_ident(a.before), ', first') || ', storage ' || a.attstorage::text
		|| CASE WHEN a.attcompression <> '' THEN ', compression ' || a.attcompression::text ELSE '' END
		|| CASE WHEN coalesce(a.attstattarget, -1) >= 0 THEN ', statistics ' || a.attstattarget ELSE '' END
		|| coalesce(', options ' || a.attoptions::text, '')
		|| CASE WHEN a.attinhcount > 0 THEN ', inherited ' || a.attinhcount || CASE WHEN a.attislocal THEN ' and local' ELSE '' END ELSE '' END
		|| coalesce(', comment ' || quote_literal(col_description(a.attrelid, a.attnum)), '')
	FROM (SELECT r.tag, c.relkind, a.*, lag(a.attname) OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS before
		FROM rels r JOIN pg_class c ON c.oid = r.oid AND c.relkind <> 'S' JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped) a
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum`

const portraitGrants = `
	SELECT x.tag || 'grant' || coalesce(' on column ' || quote_ident(x.attname), '') || ': ' || x.privilege_type || ' to '
		|| CASE x.grantee WHEN 0 THEN 'public' WHEN x.relowner THEN 'the owner' ELSE quote_ident(pg_get_userbyid(x.grantee)) END
		|| CASE WHEN x.grantor = x.relowner THEN '' ELSE ' by ' || quote_ident(pg_get_userbyid(x.grantor)) END
		|| CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END
	FROM (SELECT r.tag, c.relowner, NULL::name AS attname, g.* FROM rels r JOIN pg_class c ON c.oid = r.oid
		CROSS JOIN aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) g
		UNION ALL
		SELECT r.tag, c.relowner, a.attname, g.* FROM rels r JOIN pg_class c ON c.oid = r.oid
		JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped CROSS JOIN aclexplode(a.attacl) g) x`

const portraitConstraints = `
	SELECT 'constraint ' || quote_ident(k.conname) || ': ' || pg_get_constraintdef(k.oid)
		|| CASE WHEN k.convalidated THEN '' ELSE ', not validated' END
		|| CASE WHEN k.coninhcount > 0 THEN ', inherited ' || k.coninhcount || CASE WHEN k.conislocal THEN ' and local' ELSE '' END ELSE '' END
		|| coalesce(', comment ' || quote_literal(obj_description(k.oid, 'pg_constraint')), '')
	FROM me JOIN pg_constraint k ON k.conrelid = me.oid AND k.contype <> 't' AND NOT (` + ofPartition + `)`

// Keys of a table that a run puts beside another are not the user's.
const portraitKeysTo = `
	SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass || ': ' || pg_get_constraintdef(k.oid)
		|| CASE WHEN k.convalidated THEN '' ELSE ', not validated' END
		|| coalesce(', comment ' || quote_literal(obj_description(k.oid, 'pg_constraint')), '')
	FROM me JOIN pg_constraint k ON k.contype = 'f' AND k.confrelid = me.oid AND k.conrelid <> me.oid AND k.conparentid = 0 AND k.oid IN (
		SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = me.oid)
	JOIN pg_class c ON c.oid = k.conrelid AND c.relname !~ '_sf_(new|old)$'`

const portraitIndexes = `
	SELECT r.tag || 'index ' || quote_ident(c.relname) || ': ' || pg_get_indexdef(c.oid)
		|| CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END || CASE WHEN i.indisready AND i.indislive THEN '' ELSE ', not kept' END
		|| CASE WHEN i.indisclustered THEN ', clustered by' ELSE '' END || CASE WHEN i.indisreplident THEN ', replica identity' ELSE '' END
		|| coalesce(', tablespace ' || s.spcname, '')
		|| coalesce((SELECT ', statistics ' || string_agg(a.attnum || '=' || a.attstattarget, ' ' ORDER BY a.attnum)
			FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0), '')
		|| coalesce(', comment ' || quote_literal(obj_description(c.oid, 'pg_class')), '')
	FROM rels r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	WHERE c.relname !~ '_sf_(new|old)$'`

// The server's own triggers, which keep foreign keys, count where somebody switched them off.
const portraitTriggers = `
	SELECT r.tag || 'trigger ' || quote_ident(t.tgname) || ': ' || pg_get_triggerdef(t.oid) || ', fires ' || t.tgenabled::text
		|| coalesce(', comment ' || quote_literal(obj_description(t.oid, 'pg_trigger')), '')
	FROM rels r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal WHERE t.tgname !~ '^~.*_sf_[a-z]+$'
	UNION ALL
	SELECT 'triggers of constraint ' || quote_ident(k.conname) || ': ' || string_agg(t.tgtype || ' fires ' || t.tgenabled::text, ', ' ORDER BY t.tgtype)
	FROM me JOIN pg_trigger t ON t.tgrelid = me.oid AND t.tgisinternal AND t.tgenabled <> 'O' JOIN pg_constraint k ON k.oid = t.tgconstraint
	GROUP BY k.oid, k.conname`

const portraitPolicies = `
	SELECT 'policy ' || quote_ident(p.polname) || ': ' || CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END || ' for ' || p.polcmd::text || ' to '
		|| (SELECT string_agg(CASE x.r WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(x.r)) END, ', ' ORDER BY x.r) FROM unnest(p.polroles) x(r))
		|| coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
		|| coalesce(', comment ' || quote_literal(obj_description(p.oid, 'pg_policy')), '')
	FROM me JOIN pg_policy p ON p.polrelid = me.oid`

const portraitRules = `
	SELECT r.tag || 'rule ' || quote_ident(w.rulename) || ': ' || pg_get_ruledef(w.oid) || ', fires ' || w.ev_enabled::text
		|| coalesce(', comment ' || quote_literal(obj_description(w.oid, 'pg_rewrite')), '')
	FROM rels r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'`

// portraitPublications: column lists and row filters came with PostgreSQL 15.
func portraitPublications(major int) string {
	tail := ""
	if major >= 15 {
		tail = ` || coalesce(', columns ' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM unnest(p.prattrs::int2[]) x(num)
			JOIN pg_attribute a ON a.attrelid = p.prrelid AND a.attnum = x.num), '')
		|| coalesce(', rows ' || pg_get_expr(p.prqual, p.prrelid), '')`
	}
	return `
	SELECT 'publication ' || quote_ident(b.pubname) || ': names it'` + tail + `
	FROM me JOIN pg_publication_rel p ON p.prrelid = me.oid JOIN pg_publication b ON b.oid = p.prpubid`
}

// How far a sequence has come is no part of a definition.
const portraitSequences = `
	SELECT r.tag || 'range: ' || format_type(s.seqtypid, NULL) || ' ' || s.seqmin || ' to ' || s.seqmax || ', start ' || s.seqstart || ', by ' || s.seqincrement
		|| ', cache ' || s.seqcache || CASE WHEN s.seqcycle THEN ', cycle' ELSE '' END
		|| CASE d.deptype WHEN 'i' THEN ', identity of ' ELSE ', owned by ' END || quote_ident(a.attname)
	FROM rels r JOIN pg_sequence s ON s.seqrelid = r.oid
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
	JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid`

const portraitStatistics = `
	SELECT 'statistics ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname) || ': ' || pg_get_statisticsobjdef(s.oid)
		|| ', owner ' || quote_ident(pg_get_userbyid(s.stxowner))
		|| CASE WHEN coalesce(s.stxstattarget, -1) >= 0 THEN ', target ' || s.stxstattarget ELSE '' END
		|| coalesce(', comment ' || quote_literal(obj_description(s.oid, 'pg_statistic_ext')), '')
	FROM me JOIN pg_statistic_ext s ON s.stxrelid = me.oid JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxname !~ '_sf_(new|old)$'`

// portraitOthers is whatever else the server says depends on the table or its row type: functions,
// columns of that type, policies of other tables.
const portraitOthers = `
	SELECT DISTINCT 'depends on it: ' || x.what FROM (
		SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS what FROM me
		JOIN pg_type t ON t.oid = me.reltype
		JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = me.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
		WHERE d.deptype IN ('n', 'a') AND CASE d.classid
			WHEN 'pg_class'::regclass THEN d.refclassid = 'pg_type'::regclass
			WHEN 'pg_constraint'::regclass THEN NOT EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND me.oid IN (k.conrelid, k.confrelid))
			WHEN 'pg_attrdef'::regclass THEN NOT EXISTS (SELECT FROM pg_attrdef f WHERE f.oid = d.objid AND f.adrelid = me.oid)
			WHEN 'pg_policy'::regclass THEN NOT EXISTS (SELECT FROM pg_policy p WHERE p.oid = d.objid AND p.polrelid = me.oid)
			WHEN 'pg_trigger'::regclass THEN NOT EXISTS (SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgrelid = me.oid)
			WHEN 'pg_rewrite'::regclass THEN d.refclassid = 'pg_type'::regclass
				AND NOT EXISTS (SELECT FROM pg_rewrite w JOIN rels ON rels.oid = w.ev_class WHERE w.oid = d.objid)
			ELSE d.classid NOT IN ('pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass, 'pg_type'::regclass) END) x
	WHERE x.what !~ '_sf_(new|old|log|rev|cut|tuc)'`
