package postgres

// publicationsQuery gives the publications that name the table; column lists and row filters came
// with PostgreSQL 15.
func (d *Dialect) publicationsQuery() string {
	tail := `''`
	if d.major >= 15 {
		tail = `coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' FROM unnest(pr.prattrs::int2[]) x(num)
			JOIN pg_attribute a ON a.attrelid = pr.prrelid AND a.attnum = x.num), '')
			|| coalesce(' WHERE (' || pg_get_expr(pr.prqual, pr.prrelid) || ')', '')`
	}
	return `
SELECT pr.prrelid, json_agg(json_build_object('name', p.pubname, 'tail', ` + tail + `) ORDER BY p.pubname)
FROM pg_publication_rel pr JOIN pg_publication p ON p.oid = pr.prpubid
JOIN pg_class c ON c.oid = pr.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userTables + ` GROUP BY pr.prrelid`
}

// viewsQuery gives the views that read a table, directly or through other views, in an order in
// which they can be made.
const viewsQuery = `
WITH RECURSIVE reads(source, view) AS (
	SELECT DISTINCT d.refobjid, r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
	WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class AND r.rulename = '_RETURN'
), chain(tab, view, depth) AS (
	SELECT source, view, 1 FROM reads
	UNION
	SELECT ch.tab, r.view, ch.depth + 1 FROM chain ch JOIN reads r ON r.source = ch.view WHERE ch.depth < 100
), ordered AS (SELECT tab, view, max(depth) AS depth FROM chain GROUP BY tab, view)
SELECT c.oid, json_agg(json_build_object('name', format('%I.%I', vn.nspname, v.relname), 'schema', quote_ident(vn.nspname),
	'definition', format('CREATE VIEW %I.%I%s AS %s', vn.nspname, v.relname,
		' WITH (' || array_to_string(v.reloptions, ', ') || ')', pg_get_viewdef(v.oid)),
	'after', (
		SELECT json_agg(s.stmt ORDER BY s.rank, s.item, s.stmt) FROM (
			SELECT 0 AS rank, jsonb_build_array('ALTER VIEW ', format(' OWNER TO %I', pg_get_userbyid(v.relowner))) AS stmt, 0 AS item
			UNION ALL SELECT 1, jsonb_build_array(format('GRANT %s ON ', x.privilege_type), format(' TO %s%s',
				CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
				CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)), x.item
				FROM aclexplode(v.relacl) WITH ORDINALITY x(grantor, grantee, privilege_type, is_grantable, item) WHERE x.grantee <> v.relowner
			UNION ALL SELECT 1, jsonb_build_array(format('GRANT %s (%I) ON ', x.privilege_type, a.attname), format(' TO %s%s',
				CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
				CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)), 0
				FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE a.attrelid = v.oid
			UNION ALL SELECT 2, jsonb_build_array('COMMENT ON VIEW ', format(' IS %L', d.description)), 0 FROM pg_description d
				WHERE d.objoid = v.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
			UNION ALL SELECT 2, jsonb_build_array('COMMENT ON COLUMN ', format('.%I IS %L', a.attname, d.description)), 0 FROM pg_description d
				JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum = d.objsubid
				WHERE d.objoid = v.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid > 0
			UNION ALL SELECT 2, jsonb_build_array('ALTER VIEW ', format(' ALTER COLUMN %I SET DEFAULT %s', a.attname, pg_get_expr(ad.adbin, ad.adrelid))), 0
				FROM pg_attrdef ad JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum WHERE ad.adrelid = v.oid
			UNION ALL SELECT 3, jsonb_build_array(pg_get_triggerdef(t.oid)), 0 FROM pg_trigger t WHERE t.tgrelid = v.oid AND NOT t.tgisinternal
		) s)
	) ORDER BY o.depth, vn.nspname, v.relname)
FROM ordered o JOIN pg_class c ON c.oid = o.tab JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class v ON v.oid = o.view AND v.relkind = 'v' AND v.relpersistence <> 't' JOIN pg_namespace vn ON vn.oid = v.relnamespace
WHERE ` + userTables + ` GROUP BY c.oid`

// refusalsQuery gives what a copy cannot carry over with certainty, one sentence each. Everything
// here follows the table's identity (its oid) rather than its name, so it would stay with the old
// table.
func (d *Dialect) refusalsQuery() string {
	return `
WITH RECURSIVE mine AS (
	SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + userTables + `
), reads(source, view) AS (
	SELECT DISTINCT d.refobjid, r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
	WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class AND r.rulename = '_RETURN'
), chain(tab, rel) AS (
	SELECT oid, oid FROM mine
	UNION
	SELECT ch.tab, r.view FROM chain ch JOIN reads r ON r.source = ch.rel
), rels AS (SELECT ch.tab, ch.rel, k.relname, k.relkind, k.relpersistence, k.reltype, t.typarray FROM chain ch JOIN pg_class k ON k.oid = ch.rel LEFT JOIN pg_type t ON t.oid = k.reltype),
types AS (SELECT r.tab, r.relname, x.type FROM rels r CROSS JOIN LATERAL unnest(ARRAY[r.reltype, r.typarray]) x(type) WHERE x.type <> 0)
SELECT x.tab, json_agg(DISTINCT x.why) FROM (
	SELECT c.oid AS tab, 'the table is partitioned: its rows are in its partitions' AS why FROM mine c WHERE c.relkind = 'p'
	UNION ALL SELECT c.oid, 'the table is a partition: its parent would keep the old one' FROM mine c WHERE c.relispartition
	UNION ALL SELECT i.inhrelid, format('it inherits from %s, which would keep the old table', i.inhparent::regclass) FROM pg_inherits i JOIN mine c ON c.oid = i.inhrelid WHERE NOT c.relispartition
	UNION ALL SELECT i.inhparent, format('%s inherits from it and would stay with the old table', i.inhrelid::regclass) FROM pg_inherits i JOIN mine c ON c.oid = i.inhparent WHERE c.relkind = 'r'
	UNION ALL SELECT c.oid, 'the table is typed (CREATE TABLE … OF), which a copy does not carry' FROM mine c WHERE c.reloftype <> 0
	UNION ALL SELECT r.tab, format('rule %I on %I rewrites statements in a way that a copy does not carry', w.rulename, r.relname)
		FROM rels r JOIN pg_rewrite w ON w.ev_class = r.rel AND w.rulename <> '_RETURN'
	UNION ALL SELECT r.tab, format('materialized view %I reads it and would have to be filled anew', r.relname) FROM rels r WHERE r.relkind = 'm'
	UNION ALL SELECT r.tab, format('temporary view %I of another session reads it', r.relname) FROM rels r WHERE r.relkind = 'v' AND r.relpersistence = 't'
	UNION ALL SELECT DISTINCT c.oid, format('a default of %s uses the identity sequence %s, which cannot be handed to the new table', ad.adrelid::regclass, s.objid::regclass)
		FROM mine c JOIN pg_depend s ON s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass AND s.refobjid = c.oid AND s.deptype = 'i'
		JOIN pg_class sq ON sq.oid = s.objid AND sq.relkind = 'S' JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.objid
		JOIN pg_attrdef ad ON ad.oid = d.objid
	UNION ALL SELECT DISTINCT r.tab, format('function %s has a body that is bound to %I and would keep reading the old one', d.objid::regprocedure, r.relname)
		FROM rels r JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.rel
	UNION ALL SELECT DISTINCT r.tab, format('function %s takes or gives rows of %I and would keep the old type', d.objid::regprocedure, r.relname)
		FROM types r JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.refobjid = r.type
	UNION ALL SELECT DISTINCT r.tab, format('a column of %s has the row type of %I and would keep the old type', a.attrelid::regclass, r.relname)
		FROM types r JOIN pg_attribute a ON a.atttypid = r.type AND NOT a.attisdropped
		JOIN pg_class k ON k.oid = a.attrelid AND k.relkind IN ('r', 'p', 'm', 'c')
	UNION ALL SELECT r.tab, format('policy %I on %s reads %I and would keep reading the old one', p.polname, p.polrelid::regclass, r.relname)
		FROM rels r JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.rel
		JOIN pg_policy p ON p.oid = d.objid AND p.polrelid <> r.tab JOIN pg_class pc ON pc.oid = p.polrelid AND pc.relname !~ '_sf_(new|old)$'
	UNION ALL SELECT c.oid, format('publication %I publishes all tables: subscribers would stop at the shadow table', p.pubname)
		FROM mine c, pg_publication p WHERE p.puballtables
	UNION ALL SELECT c.oid, 'the table receives a subscription, which would keep writing to the old one' FROM mine c JOIN pg_subscription_rel s ON s.srrelid = c.oid
	UNION ALL SELECT r.tab, format('%I belongs to extension %I', r.relname, e.extname)
		FROM rels r JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.rel AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid
	UNION ALL SELECT i.indrelid, format('index %s is invalid, left behind by a failed build or being built: drop it or REINDEX it first', i.indexrelid::regclass)
		FROM mine c JOIN pg_index i ON i.indrelid = c.oid WHERE c.relkind = 'r' AND NOT (i.indisvalid AND i.indisready AND i.indislive)` + tableRefusals + roleRefusals + d.newerRefusals() + `
) x GROUP BY x.tab`
}

// tableRefusals are about what a table has or is, and about rights to it.
const tableRefusals = `
	UNION ALL SELECT c.oid, format('%s depends on extension %I, which a copy does not carry', pg_describe_object(d.classid, d.objid, 0), e.extname)
		FROM mine c JOIN pg_depend d ON d.deptype = 'x' JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
		LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
		LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid WHERE c.oid IN (i.indrelid, t.tgrelid)
	UNION ALL SELECT c.oid, format('role %I passed on rights to it, and this role may not do so in its name', pg_get_userbyid(x.grantor))
		FROM mine c CROSS JOIN LATERAL (SELECT c.relacl AS acl UNION ALL SELECT a.attacl FROM pg_attribute a WHERE a.attrelid = c.oid) g
		CROSS JOIN LATERAL aclexplode(g.acl) x WHERE x.grantor <> c.relowner AND NOT pg_has_role(x.grantor, 'MEMBER')
	UNION ALL SELECT c.oid, format('constraint %I is about the whole row, which cannot be said of another table', k.conname)
		FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND k.conbin::text ~ ':varattno 0 '
	UNION ALL SELECT c.oid, format('index %s is about the whole row, which cannot be said of another table', i.indexrelid::regclass)
		FROM mine c JOIN pg_index i ON i.indrelid = c.oid AND coalesce(i.indexprs::text, '') || coalesce(i.indpred::text, '') ~ ':varattno 0 '
	UNION ALL SELECT c.oid, 'the table has security labels, which a copy does not carry' FROM mine c JOIN pg_seclabel l ON l.objoid = c.oid AND l.classoid = 'pg_class'::regclass
	UNION ALL SELECT c.oid, format('foreign key %I comes from the partitioned table %s, whose keys cannot be added without a scan', k.conname, k.conrelid::regclass)
		FROM mine c JOIN pg_constraint k ON k.confrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0 JOIN pg_class ch ON ch.oid = k.conrelid AND ch.relkind = 'p'
	UNION ALL SELECT c.oid, 'row level security is forced and this role does not bypass it, so it cannot see every row' FROM mine c
		WHERE c.relforcerowsecurity AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
	UNION ALL SELECT c.oid, 'row level security is on and this role neither owns the table nor bypasses it, so it cannot see every row' FROM mine c
		WHERE c.relrowsecurity AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)`

// newerRefusals are about what only newer servers have.
func (d *Dialect) newerRefusals() string {
	extra := ""
	if d.major >= 15 {
		extra += `
	UNION ALL SELECT c.oid, format('publication %I publishes all tables of schema %I: subscribers would stop at the shadow table', p.pubname, n.nspname)
	FROM mine c JOIN pg_publication_namespace pn ON pn.pnnspid = c.relnamespace JOIN pg_publication p ON p.oid = pn.pnpubid
	JOIN pg_namespace n ON n.oid = c.relnamespace`
	}
	if d.major >= 18 {
		extra += `
	UNION ALL SELECT c.oid, format('constraint %I is temporal (WITHOUT OVERLAPS or PERIOD), which a copy does not carry', k.conname)
	FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.conperiod`
	}
	return extra
}
