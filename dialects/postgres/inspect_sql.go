package postgres

// The catalog is read by a handful of queries over all tables at once; each gives a table's oid
// and a JSON list. They run with an empty search_path, so that every name in a definition comes
// out qualified and means the same in any session.

// userTables picks the tables that are the user's: not the system's, not the journal's, not what
// a run puts beside a table.
const userTables = `
	c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
	AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'surefoot') AND n.nspname !~ '^pg_(toast|temp)'
	AND c.relname !~ '_sf_(new|old|log|rev)$'`

const tablesQuery = `
SELECT c.oid, json_build_object(
	'schema', n.nspname, 'name', c.relname, 'owner', pg_get_userbyid(c.relowner), 'persistence', c.relpersistence,
	'tablespace', coalesce(s.spcname, ''), 'method', coalesce(am.amname, ''),
	'options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(
		c.reloptions || (SELECT array_agg('toast.' || x) FROM pg_class tc, unnest(tc.reloptions) x WHERE tc.oid = c.reltoastrelid)) o),
	'comment', coalesce(obj_description(c.oid, 'pg_class'), ''),
	'rls', c.relrowsecurity, 'force_rls', c.relforcerowsecurity, 'identity', c.relreplident,
	'tuples', c.reltuples, 'pages', c.relpages, 'kind', c.relkind,
	'bytes', CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) ELSE 0 END,
	'heap', CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) ELSE 0 END,
	'index_bytes', CASE WHEN c.relkind = 'r' THEN pg_indexes_size(c.oid) ELSE 0 END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_am am ON am.oid = c.relam
WHERE ` + userTables + `
ORDER BY n.nspname, c.relname`

const columnsQuery = `
SELECT a.attrelid, json_agg(json_build_object(
	'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
	'default', CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END,
	'expr', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) ELSE '' END,
	'generated', a.attgenerated, 'identity', a.attidentity,
	'collation', CASE WHEN co.oid IS NOT NULL AND a.attcollation <> t.typcollation THEN
		CASE WHEN cn.nspname = 'pg_catalog' THEN co.collname ELSE cn.nspname || '.' || co.collname END ELSE '' END,
	'comment', coalesce(col_description(a.attrelid, a.attnum), ''),
	'type_kind', bt.typtype,
	'target', nullif(a.attstattarget, -1), 'options', array_to_string(a.attoptions, ', ')
	) ORDER BY a.attnum)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type bt ON bt.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND ` + userTables + `
GROUP BY a.attrelid`

// Constraints of the table, NOT NULL of PostgreSQL 18 apart: a column says that by itself.
const constraintsQuery = `
SELECT k.conrelid, json_agg(json_build_object(
	'name', k.conname, 'type', k.contype, 'valid', k.convalidated, 'definition', pg_get_constraintdef(k.oid),
	'expr', coalesce(pg_get_expr(k.conbin, k.conrelid), ''),
	'columns', (SELECT json_agg(a.attname ORDER BY x.i) FROM unnest(k.conkey) WITH ORDINALITY x(num, i)
		JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num),
	'ref_schema', coalesce(rn.nspname, ''), 'ref_table', coalesce(r.relname, ''),
	'ref_columns', (SELECT json_agg(a.attname ORDER BY x.i) FROM unnest(k.confkey) WITH ORDINALITY x(num, i)
		JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num),
	'comment', coalesce(obj_description(k.oid, 'pg_constraint'), '')
	) ORDER BY k.conname)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.contype IN ('p', 'u', 'c', 'f', 'x') AND ` + userTables + `
GROUP BY k.conrelid`

const indexesQuery = `
SELECT i.indrelid, json_agg(json_build_object(
	'name', ic.relname, 'unique', i.indisunique AND am.amname = 'btree', 'primary', i.indisprimary AND am.amname = 'btree',
	'partial', i.indpred IS NOT NULL, 'invalid', NOT (i.indisvalid AND i.indisready), 'definition', pg_get_indexdef(i.indexrelid),
	'constraint', coalesce(k.conname, ''),
	'columns', (SELECT json_agg(coalesce(a.attname, '') ORDER BY x.i) FROM unnest(i.indkey::int2[]) WITH ORDINALITY x(num, i)
		LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.num AND x.num > 0 WHERE x.i <= i.indnkeyatts),
	'tablespace', coalesce(s.spcname, ''), 'clustered', i.indisclustered, 'replica', i.indisreplident,
	'comment', coalesce(obj_description(ic.oid, 'pg_class'), ''),
	'targets', (SELECT json_agg(json_build_array(a.attnum, a.attstattarget) ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = ic.oid AND a.attstattarget >= 0)
	) ORDER BY ic.relname)
FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
WHERE ic.relname !~ '_sf_(new|old)$' AND ` + userTables + `
GROUP BY i.indrelid`

const triggersQuery = `
SELECT t.tgrelid, json_agg(json_build_object(
	'name', t.tgname, 'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled,
	'comment', coalesce(obj_description(t.oid, 'pg_trigger'), '')) ORDER BY t.tgname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgname !~ '^~.*_sf_[a-z]+$' AND ` + userTables + `
GROUP BY t.tgrelid`

// grantsQuery gives rights as a table's and its columns' ACLs have them; an ACL that was never
// touched (NULL) gives none.
const grantsQuery = `
SELECT g.oid, json_agg(format('GRANT %s%s ON {table} TO %s%s', g.privilege_type,
	CASE WHEN g.attname IS NULL THEN '' ELSE ' (' || quote_ident(g.attname) || ')' END,
	CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
	CASE WHEN g.is_grantable AND g.grantee <> g.relowner THEN ' WITH GRANT OPTION' ELSE '' END)
	ORDER BY g.attname NULLS FIRST, g.grantee, g.privilege_type)
FROM (
	SELECT c.oid, c.relowner, c.relname, c.relkind, c.relpersistence, c.relnamespace, NULL::name AS attname, x.grantee, x.privilege_type, x.is_grantable
	FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x
	UNION ALL
	SELECT c.oid, c.relowner, c.relname, c.relkind, c.relpersistence, c.relnamespace, a.attname, x.grantee, x.privilege_type, x.is_grantable
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
	CROSS JOIN LATERAL aclexplode(a.attacl) x
) g JOIN pg_class c ON c.oid = g.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userTables + `
GROUP BY g.oid`

const policiesQuery = `
SELECT p.polrelid, json_agg(json_build_object('comment', obj_description(p.oid, 'pg_policy'), 'name', p.polname, 'definition', format('CREATE POLICY %I ON {table} AS %s FOR %s TO %s%s%s', p.polname,
	CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
	CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
	(SELECT string_agg(CASE WHEN x.r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.r)) END, ', ') FROM unnest(p.polroles) x(r)),
	' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
	' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')) ORDER BY p.polname)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userTables + `
GROUP BY p.polrelid`

// sequencesQuery gives the sequences that belong to columns: of identity columns (deptype i) and
// of serial columns (a).
const sequencesQuery = `
SELECT d.refobjid, json_agg(json_build_object(
	'column', a.attname, 'schema', sn.nspname, 'name', s.relname, 'internal', d.deptype = 'i',
	'after', CASE WHEN d.deptype = 'i' THEN (SELECT json_agg(q.stmt ORDER BY q.stmt) FROM (
		SELECT format('GRANT %s ON SEQUENCE {sequence} TO %s%s', x.privilege_type,
			CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
			CASE WHEN x.is_grantable AND x.grantee <> s.relowner THEN ' WITH GRANT OPTION' ELSE '' END) AS stmt
		FROM aclexplode(s.relacl) x
		UNION ALL SELECT format('COMMENT ON SEQUENCE {sequence} IS %L', obj_description(s.oid, 'pg_class'))
		WHERE obj_description(s.oid, 'pg_class') IS NOT NULL) q) END) ORDER BY a.attnum, s.relname)
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('i', 'a') AND ` + userTables + `
GROUP BY d.refobjid`

const incomingQuery = `
SELECT k.confrelid, json_agg(json_build_object(
	'schema', cn.nspname, 'table', cc.relname, 'name', k.conname, 'definition', pg_get_constraintdef(k.oid), 'valid', k.convalidated,
	'comment', coalesce(obj_description(k.oid, 'pg_constraint'), ''))
	ORDER BY cn.nspname, cc.relname, k.conname)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class cc ON cc.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = cc.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid <> k.confrelid AND ` + userTables + `
GROUP BY k.confrelid`

const statisticsQuery = `
SELECT s.stxrelid, json_agg(json_build_object(
	'schema', sn.nspname, 'name', s.stxname, 'columns', pg_get_statisticsobjdef_columns(s.oid),
	'kinds', (SELECT string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv' END, ', ')
		FROM unnest(s.stxkind) k WHERE k IN ('d', 'f', 'm')),
	'target', nullif(s.stxstattarget, -1), 'comment', coalesce(obj_description(s.oid, 'pg_statistic_ext'), '')) ORDER BY s.stxname)
FROM pg_statistic_ext s JOIN pg_namespace sn ON sn.oid = s.stxnamespace
JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE s.stxname !~ '_sf_(new|old)$' AND ` + userTables + `
GROUP BY s.stxrelid`

// functionsQuery gives the plpgsql functions that name the table and may hold its old row type in
// a session's cache. ALTER FUNCTION with the cost it has makes every session compile it anew.
const functionsQuery = `
SELECT c.oid, json_agg(format('ALTER FUNCTION %s COST %s', p.oid::regprocedure, p.procost) ORDER BY p.oid::regprocedure::text)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') AND p.prokind = 'f'
	AND p.proname !~ '_sf_[a-z]+$' AND pg_has_role(p.proowner, 'USAGE')
	AND (strpos(lower(p.prosrc), lower(c.relname) || '%rowtype') > 0 OR strpos(lower(p.prosrc), lower(c.relname) || '"%rowtype') > 0
		OR strpos(lower(p.prosrc), lower(c.relname) || '.') > 0 AND strpos(lower(p.prosrc), '%type') > 0)
WHERE ` + userTables + `
GROUP BY c.oid`
