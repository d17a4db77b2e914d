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
	'options', (SELECT string_agg(o, ', ' ORDER BY i) FROM unnest(
		c.reloptions || (SELECT array_agg('toast.' || x) FROM pg_class tc, unnest(tc.reloptions) x WHERE tc.oid = c.reltoastrelid)) WITH ORDINALITY o(o, i)),
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
	'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
	'not_null', a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated),
	'not_null_name', (SELECT k.conname FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND k.convalidated),
	'not_null_text', (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND k.convalidated),
	'not_null_comment', (SELECT obj_description(k.oid, 'pg_constraint') FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND k.convalidated),
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

// constraintDefinition is the text of constraint k, with its index's parameters, which the server's own
// function leaves out of primary keys and unique constraints: they stand before DEFERRABLE.
const constraintDefinition = `regexp_replace(pg_get_constraintdef(k.oid), '( DEFERRABLE( INITIALLY DEFERRED)?)?$',
	coalesce((SELECT ' WITH (' || array_to_string(x.reloptions, ', ') || ')' FROM pg_class x WHERE x.oid = k.conindid AND k.contype IN ('p', 'u')), '') || '\1')`

// ofPartition: constraint k is what the server made of a foreign key for a partition of the table that it refers to.
const ofPartition = `k.contype = 'f' AND EXISTS (SELECT FROM pg_constraint whole WHERE whole.oid = k.conparentid AND whole.conrelid = k.conrelid)`

// Constraints of the table. A NOT NULL (a constraint since PostgreSQL 18) that holds for all rows is
// said by its column.
const constraintsQuery = `
SELECT k.conrelid, json_agg(json_build_object(
	'name', k.conname, 'type', k.contype, 'valid', k.convalidated, 'definition', ` + constraintDefinition + `,
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
WHERE (k.contype IN ('p', 'u', 'c', 'f', 'x') OR k.contype = 'n' AND NOT k.convalidated) AND NOT (` + ofPartition + `) AND ` + userTables + `
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

// grantsQuery gives the rights that a table's and its columns' ACLs give to others than the owner.
// What somebody passed on is passed on by him again.
const grantsQuery = `
SELECT c.oid, json_agg(json_build_object('of', CASE WHEN g.attname IS NULL THEN '' ELSE 'column' END, 'name', coalesce(g.attname, ''), 'text', json_build_array(
	format('%sGRANT %s%s ON ', CASE WHEN x.grantor <> c.relowner THEN format('SET LOCAL ROLE %I; ', pg_get_userbyid(x.grantor)) END,
		x.privilege_type, ' (' || quote_ident(g.attname) || ')'),
	format(' TO %s%s%s', CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
		CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END,
		CASE WHEN x.grantor <> c.relowner THEN '; RESET ROLE' END)))
	ORDER BY x.grantor <> c.relowner, g.attname NULLS FIRST, x.item, x.privilege_type)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT NULL::name AS attname, c.relacl AS acl
	UNION ALL SELECT a.attname, a.attacl FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped) g
CROSS JOIN LATERAL aclexplode(g.acl) WITH ORDINALITY x(grantor, grantee, privilege_type, is_grantable, item)
WHERE x.grantee <> c.relowner AND ` + userTables + `
GROUP BY c.oid`

// revokesQuery gives the rights that an owner has by nature and was deprived of.
const revokesQuery = `
SELECT c.oid, json_agg(json_build_array(format('REVOKE %s ON ', x.privilege_type), format(' FROM %I', pg_get_userbyid(c.relowner))) ORDER BY x.privilege_type)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(acldefault('r', c.relowner)) x
WHERE c.relacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) o WHERE o.grantee = c.relowner AND o.privilege_type = x.privilege_type)
	AND ` + userTables + `
GROUP BY c.oid`

const policiesQuery = `
SELECT p.polrelid, json_agg(json_build_object('comment', obj_description(p.oid, 'pg_policy'), 'name', p.polname, 'definition', json_build_array(
	format('CREATE POLICY %I ON ', p.polname),
	format(' AS %s FOR %s TO %s%s%s',
		CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
		CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
		(SELECT string_agg(CASE WHEN x.r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.r)) END, ', ') FROM unnest(p.polroles) x(r)),
		' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
		' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'))) ORDER BY p.polname)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userTables + `
GROUP BY p.polrelid`

// usesQuery gives what the server does not let a column's type change under (ATExecAlterColumnType).
const usesQuery = `
SELECT d.refobjid, json_agg(DISTINCT jsonb_build_object('column', a.attname, 'by',
	CASE WHEN v.relkind IN ('v', 'm') THEN pg_describe_object('pg_class'::regclass, v.oid, 0) ELSE pg_describe_object(d.classid, d.objid, 0) END))
FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid LEFT JOIN pg_class pc ON pc.oid = p.polrelid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid LEFT JOIN pg_class v ON v.oid = r.ev_class
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
	AND d.classid IN ('pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_publication_rel'::regclass, 'pg_proc'::regclass, 'pg_rewrite'::regclass)
	AND t.tgisinternal IS NOT TRUE AND (pc.relname !~ '_sf_(new|old)$') IS NOT FALSE AND ` + userTables + `
GROUP BY d.refobjid`

// sequencesQuery gives the sequences that belong to columns: of identity columns (deptype i) and
// of serial columns (a).
const sequencesQuery = `
SELECT d.refobjid, json_agg(json_build_object(
	'column', a.attname, 'schema', sn.nspname, 'name', s.relname, 'internal', d.deptype = 'i',
	'after', CASE WHEN d.deptype = 'i' THEN (SELECT json_agg(q.stmt ORDER BY q.stmt) FROM (
		SELECT jsonb_build_array(format('GRANT %s ON SEQUENCE ', x.privilege_type), format(' TO %s%s',
			CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
			CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) AS stmt
		FROM aclexplode(s.relacl) x WHERE x.grantee <> s.relowner
		UNION ALL SELECT jsonb_build_array('COMMENT ON SEQUENCE ', format(' IS %L', obj_description(s.oid, 'pg_class')))
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
	'schema', sn.nspname, 'name', s.stxname, 'owner', pg_get_userbyid(s.stxowner), 'columns', pg_get_statisticsobjdef_columns(s.oid),
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
