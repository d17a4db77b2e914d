package postgres

import "strconv"

// What makes a twin of a table, as statements in their order, asked of the catalog by the table's
// oid and independently of Inspect. Names that the search_path finds come out unqualified, so the
// same query describes a live table and its twin in the same words.

// The ranks of what makes a twin.
const (
	rankTable   = 10 // the sequences that its defaults need come before it
	rankRows    = 20 // up to here before the rows, the rest after them
	rankKeys    = 30
	rankForeign = 50
	rankLast    = 90
)

// defineQuery gives rank and statement; $1 is the table's oid, $2 those that foreign keys may refer
// to (empty: any).
func (d *Dialect) defineQuery() string {
	compression, notNulls := "''", "CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
	if d.major >= 14 {
		compression = "a.attcompression::text"
	}
	late := ""
	if d.major >= 18 {
		notNulls = `coalesce((SELECT format(' CONSTRAINT %I NOT NULL%s', k.conname, CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END)
			FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey[1] = a.attnum AND k.convalidated), '')`
		late = `
UNION ALL SELECT ` + strconv.Itoa(rankKeys) + `, format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true))
	FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'n' AND k.conislocal AND NOT k.convalidated`
	}
	return `WITH mine AS (SELECT * FROM pg_class WHERE oid = $1::text::oid), seqs AS (
	SELECT DISTINCT s.oid, s.relname, q.*, pg_sequence_last_value(s.oid::regclass) AS last, d.deptype, a.attname, c.relname AS tab
	FROM mine c JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
	JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_sequence q ON q.seqrelid = s.oid
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
), cols AS (
	SELECT a.*, format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
		CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
		CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(ad.adbin, ad.adrelid), CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
			WHEN a.attidentity <> '' AND s.oid IS NULL THEN '' -- its parent's
			WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
				CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.relname, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)
			WHEN ad.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid) ELSE '' END,
		` + notNulls + `) AS text, t.typstorage, ` + compression + ` AS compression,
		CASE WHEN a.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) END AS value
	FROM mine c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
	LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
	LEFT JOIN seqs s ON s.attname = a.attname AND s.deptype = 'i'
)
SELECT 1 AS rank, format('CREATE SEQUENCE %I AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s',
	s.relname, format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END) FROM seqs s WHERE deptype = 'a'
` + defineTable + d.inheritedNotNull() + `UNION ALL SELECT 11, format('ALTER SEQUENCE %I OWNED BY %I.%I', relname, tab, attname) FROM seqs WHERE deptype = 'a'
UNION ALL SELECT 12, format('SELECT setval(%L, %s, true)', quote_ident(relname), last) FROM seqs WHERE last IS NOT NULL
UNION ALL SELECT 13, format('ALTER TABLE ONLY %I ALTER COLUMN %I SET STORAGE %s', c.relname, a.attname,
	CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) FROM mine c, cols a WHERE a.attstorage <> a.typstorage
UNION ALL SELECT 13, format('ALTER TABLE ONLY %I ALTER COLUMN %I SET COMPRESSION %s', c.relname, a.attname, CASE a.compression WHEN 'p' THEN 'pglz' ELSE 'lz4' END) FROM mine c, cols a WHERE a.compression <> ''
UNION ALL SELECT 13, format('ALTER TABLE ONLY %I ALTER COLUMN %I SET STATISTICS %s', c.relname, a.attname, a.attstattarget) FROM mine c, cols a WHERE a.attstattarget >= 0
UNION ALL SELECT 13, format('ALTER TABLE ONLY %I ALTER COLUMN %I SET (%s)', c.relname, a.attname, array_to_string(a.attoptions, ', ')) FROM mine c, cols a WHERE a.attoptions IS NOT NULL
UNION ALL SELECT CASE WHEN k.contype = 'c' AND k.convalidated THEN 14 WHEN k.contype = 'f' THEN ` + strconv.Itoa(rankForeign) + ` ELSE ` + strconv.Itoa(rankKeys) + ` END,
	format('ALTER TABLE %s%I ADD CONSTRAINT %I %s', CASE WHEN c.relkind = 'p' AND k.contype IN ('p', 'u', 'x') THEN 'ONLY ' ELSE '' END, c.relname, k.conname, pg_get_constraintdef(k.oid, true))
	FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND (k.contype IN ('p', 'u', 'x') OR k.contype IN ('c', 'f') AND k.conislocal AND k.conparentid = 0)
	WHERE k.contype <> 'f' OR $2 = '' OR k.confrelid = ANY (string_to_array($2, ',')::oid[])` + late + `
UNION ALL SELECT 40, CASE WHEN c.relkind = 'p' OR i.indisvalid AND i.indisready THEN pg_get_indexdef(i.indexrelid, 0, true)
	ELSE replace(pg_get_indexdef(i.indexrelid, 0, true), 'CREATE UNIQUE INDEX', 'CREATE INDEX') END -- no live row has to be unique in it
	FROM mine c JOIN pg_index i ON i.indrelid = c.oid
	WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
` + defineParts + defineMarks + defineRules + defineComments + `UNION ALL SELECT ` + strconv.Itoa(rankLast) + `, format('ALTER TABLE %I OWNER TO %I', relname, pg_get_userbyid(relowner)) FROM mine
UNION ALL SELECT ` + strconv.Itoa(rankLast) + `, format('ALTER STATISTICS %I OWNER TO %I', s.stxname, pg_get_userbyid(s.stxowner)) FROM mine c JOIN pg_statistic_ext s ON s.stxrelid = c.oid
ORDER BY 1, 2`
}

// defineMarks are the parts about options and marks of indexes, and statistics.
const defineMarks = `UNION ALL SELECT 41, format('ALTER INDEX %I SET (%s)', ic.relname, array_to_string(ic.reloptions, ', '))
	FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u') JOIN pg_class ic ON ic.oid = k.conindid AND ic.reloptions IS NOT NULL
UNION ALL SELECT 41, format('ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s', ic.relname, a.attnum, a.attstattarget)
	FROM mine c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = ic.oid AND a.attstattarget >= 0
UNION ALL SELECT 42, format('ALTER TABLE %I CLUSTER ON %I', c.relname, ic.relname) FROM mine c JOIN pg_index i ON i.indrelid = c.oid AND i.indisclustered JOIN pg_class ic ON ic.oid = i.indexrelid
UNION ALL SELECT 42, format('ALTER TABLE %I REPLICA IDENTITY %s', c.relname, CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE
	'USING INDEX ' || quote_ident((SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident)) END)
	FROM mine c WHERE c.relreplident <> 'd' AND (c.relreplident <> 'i' OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident))
UNION ALL SELECT 43, replace(pg_get_statisticsobjdef(s.oid), format('CREATE STATISTICS %I.%I', n.nspname, s.stxname), format('CREATE STATISTICS %I', s.stxname))
	FROM mine c JOIN pg_statistic_ext s ON s.stxrelid = c.oid JOIN pg_namespace n ON n.oid = s.stxnamespace
UNION ALL SELECT 44, format('ALTER STATISTICS %I SET STATISTICS %s', s.stxname, s.stxstattarget) FROM mine c JOIN pg_statistic_ext s ON s.stxrelid = c.oid AND s.stxstattarget >= 0
`

// defineRules are the parts about who may do what to rows, and what happens then.
const defineRules = `UNION ALL SELECT 60, format('CREATE POLICY %I ON %I AS %s FOR %s TO %s%s%s', p.polname, c.relname, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
	CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
	(SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) r),
	' USING (' || pg_get_expr(p.polqual, p.polrelid, true) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid, true) || ')')
	FROM mine c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL SELECT 61, format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relname) FROM mine WHERE relrowsecurity
UNION ALL SELECT 62, format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relname) FROM mine WHERE relforcerowsecurity
UNION ALL SELECT 63, pg_get_ruledef(r.oid, true) FROM mine c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
UNION ALL SELECT 70, pg_get_triggerdef(t.oid, true) FROM mine c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL SELECT 71, format('ALTER TABLE %I %s TRIGGER %I', c.relname, CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname)
	FROM mine c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'O'
UNION ALL SELECT 79, format('REVOKE ALL ON %I FROM CURRENT_USER', relname) FROM mine WHERE relacl IS NOT NULL -- to whom the twin still belongs
UNION ALL SELECT 80, format('/* %s */ GRANT %s ON %I TO %s%s', to_char(x.item, '000000'), x.privilege_type, c.relname, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
	CASE WHEN x.is_grantable AND x.grantee <> c.relowner THEN ' WITH GRANT OPTION' ELSE '' END) FROM mine c CROSS JOIN LATERAL aclexplode(c.relacl) WITH ORDINALITY x(grantor, grantee, privilege_type, is_grantable, item)
UNION ALL SELECT 80, format('GRANT %s (%I) ON %I TO %s%s', x.privilege_type, a.attname, c.relname, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
	CASE WHEN x.is_grantable AND x.grantee <> c.relowner THEN ' WITH GRANT OPTION' ELSE '' END) FROM mine c, cols a CROSS JOIN LATERAL aclexplode(a.attacl) x
UNION ALL SELECT 80, format('GRANT %s ON SEQUENCE %I TO %s', x.privilege_type, s.relname, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END)
	FROM seqs q JOIN pg_class s ON s.oid = q.oid CROSS JOIN LATERAL aclexplode(s.relacl) x
`

// defineComments are the parts about comments.
const defineComments = `UNION ALL SELECT 81, format('COMMENT ON TABLE %I IS %L', c.relname, obj_description(c.oid, 'pg_class')) FROM mine c WHERE obj_description(c.oid, 'pg_class') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON COLUMN %I.%I IS %L', c.relname, a.attname, col_description(c.oid, a.attnum)) FROM mine c, cols a WHERE col_description(c.oid, a.attnum) IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON CONSTRAINT %I ON %I IS %L', k.conname, c.relname, obj_description(k.oid, 'pg_constraint')) FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid WHERE obj_description(k.oid, 'pg_constraint') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON INDEX %I IS %L', ic.relname, obj_description(ic.oid, 'pg_class')) FROM mine c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class ic ON ic.oid = i.indexrelid WHERE obj_description(ic.oid, 'pg_class') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON TRIGGER %I ON %I IS %L', t.tgname, c.relname, obj_description(t.oid, 'pg_trigger')) FROM mine c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE obj_description(t.oid, 'pg_trigger') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON POLICY %I ON %I IS %L', p.polname, c.relname, obj_description(p.oid, 'pg_policy')) FROM mine c JOIN pg_policy p ON p.polrelid = c.oid WHERE obj_description(p.oid, 'pg_policy') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON STATISTICS %I IS %L', s.stxname, obj_description(s.oid, 'pg_statistic_ext')) FROM mine c JOIN pg_statistic_ext s ON s.stxrelid = c.oid WHERE obj_description(s.oid, 'pg_statistic_ext') IS NOT NULL
UNION ALL SELECT 81, format('COMMENT ON SEQUENCE %I IS %L', s.relname, obj_description(s.oid, 'pg_class')) FROM seqs s WHERE obj_description(s.oid, 'pg_class') IS NOT NULL
`

// unfitQuery says why a table has no twin; $1 is its oid.
const unfitQuery = `
SELECT why FROM (
	SELECT 1, 'it is typed (CREATE TABLE … OF)' FROM pg_class WHERE oid = $1::text::oid AND reloftype <> 0
	UNION ALL SELECT 2, 'a partition is being taken from it' FROM pg_inherits WHERE inhdetachpending AND $1::text::oid IN (inhrelid, inhparent)
) x(rank, why) ORDER BY rank LIMIT 1`
