package postgres

import (
	"context"
	"encoding/json"

	"surefoot/schema"
)

// What only a comparison with a wanted schema asks for: types, sequences, comments, what a table was
// made with, and how many objects there are of the kinds that are not compared.

// userSchema picks the schemas that are the user's; own leaves out what an extension brought.
const userSchema = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'surefoot') AND n.nspname !~ '^pg_(toast|temp)'`

func own(oid string) string {
	return "NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = " + oid + " AND e.deptype = 'e')"
}

// numbers writes how a sequence (pg_sequence q) counts, without the bounds that its type gives it:
// they follow the type when it changes.
const numbers = `format('START WITH %s INCREMENT BY %s %s %s CACHE %s %s', q.seqstart, q.seqincrement,
	CASE WHEN q.seqmin = CASE WHEN q.seqincrement > 0 THEN 1 ELSE b.low END THEN 'NO MINVALUE' ELSE 'MINVALUE ' || q.seqmin END,
	CASE WHEN q.seqmax = CASE WHEN q.seqincrement > 0 THEN b.high ELSE -1 END THEN 'NO MAXVALUE' ELSE 'MAXVALUE ' || q.seqmax END,
	q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)`

const numberBounds = `(VALUES ('int2'::regtype, -32768::bigint, 32767::bigint), ('int4', -2147483648, 2147483647),
	('int8', -9223372036854775808, 9223372036854775807)) b(typ, low, high) ON b.typ = q.seqtypid`

// shape is what a table was made with.
type shape struct {
	Parents     [][2]string // schema, table
	Partition   bool
	Bound, Key  string   // FOR VALUES …, RANGE (…)
	Columns     []string // inherited
	Constraints []string // inherited
	Merged      []string // inherited columns that are its own too
	// MergedConstraints are inherited checks that are its own too.
	MergedConstraints []string
	Indexes           []string          // a partition's, that belong to the parent's
	Numbers           map[string]string `json:"numbers"` // identity columns
	Extras            []columnExtra
	Options           string // storage parameters
	Readers           []viewReader
}

// reader is a view that reads columns of a table itself.
type viewReader struct {
	Name    string
	Columns []string
}

// columnExtra is how a column is kept, where it is not as its type says.
type columnExtra struct{ Name, Storage, TypeStorage, Compression string }

const shapesQuery = `
SELECT c.oid, json_build_object(
	'parents', (SELECT json_agg(json_build_array(pn.nspname, p.relname) ORDER BY i.inhseqno) FROM pg_inherits i
		JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid),
	'partition', c.relispartition, 'bound', coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
	'key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) ELSE '' END,
	'columns', (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attinhcount > 0 AND NOT a.attisdropped),
	'merged', (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attinhcount > 0 AND a.attislocal AND NOT a.attisdropped),
	'mergedconstraints', (SELECT json_agg(k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.coninhcount > 0 AND k.conislocal AND k.contype = 'c'),
	'constraints', (SELECT json_agg(k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND (k.coninhcount > 0 OR k.conparentid <> 0)),
	'indexes', (SELECT json_agg(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND ic.relispartition),
	'numbers', (SELECT json_object_agg(a.attname, ` + numbers + `) FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid JOIN ` + numberBounds + `
		JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
		WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.deptype = 'i'),
	'readers', (SELECT json_agg(json_build_object('name', x.view, 'columns', x.columns) ORDER BY x.view) FROM (
		SELECT format('%s %I.%I', CASE v.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, vn.nspname, v.relname) AS view, json_agg(DISTINCT a.attname) AS columns
		FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
		JOIN pg_namespace vn ON vn.oid = v.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
		WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND v.oid <> c.oid GROUP BY 1) x),
	'extras', (SELECT json_agg(json_build_object('name', a.attname,
		'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage ELSE '' END, 'typestorage', t.typstorage, 'compression', a.attcompression))
		FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		AND (a.attstorage <> t.typstorage OR a.attcompression <> '')))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userTables

// typesQuery gives types in the order of their making: enums with their labels, others as one text.
var typesQuery = `
SELECT t.oid, json_build_object('name', format('%I.%I', n.nspname, t.typname), 'kind', t.typtype,
	'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
	'definition', CASE t.typtype
		WHEN 'c' THEN (SELECT '(' || string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
			|| CASE WHEN a.attcollation <> at.typcollation AND co.oid IS NOT NULL THEN format(' COLLATE %I.%I', cn.nspname, co.collname) ELSE '' END, ', ' ORDER BY a.attnum) || ')'
			FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid LEFT JOIN pg_collation co ON co.oid = a.attcollation
			LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
		WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
			|| CASE WHEN t.typcollation <> bt.typcollation THEN (SELECT format(' COLLATE %I.%I', cn.nspname, co.collname) FROM pg_collation co
				JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = t.typcollation) ELSE '' END
			|| coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
			|| coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname)
				FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '')
		WHEN 'r' THEN (SELECT '(SUBTYPE = ' || format_type(r.rngsubtype, NULL) || ')' FROM pg_range r WHERE r.rngtypid = t.oid)
		ELSE '' END)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class r ON r.oid = t.typrelid LEFT JOIN pg_type bt ON bt.oid = t.typbasetype
WHERE ` + userSchema + ` AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND r.relkind = 'c') AND ` + own("t.oid") + `
ORDER BY t.oid`

type catType struct {
	Name, Kind, Definition string
	Labels                 []string
}

// freeSequencesQuery gives the sequences that no identity column made.
var freeSequencesQuery = `
SELECT c.oid, json_build_object('name', format('%I.%I', n.nspname, c.relname), 'unlogged', c.relpersistence = 'u',
	'definition', 'AS ' || format_type(q.seqtypid, NULL) || ' ' || ` + numbers + `,
	'owner', (SELECT json_build_array(tn.nspname, t.relname, a.attname) FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
		JOIN pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
		WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'))
FROM pg_sequence q JOIN ` + numberBounds + ` JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ` + userSchema + ` AND c.relpersistence <> 't' AND c.relname !~ '_sf_(new|old|log|rev)' AND ` + own("c.oid") + `
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
ORDER BY c.oid`

type catSequence struct {
	Name, Definition string
	Unlogged         bool
	Owner            []string // schema, table, column
}

// commentsQuery gives the comments on what is compared.
const commentsQuery = `
SELECT 0, json_build_object('on', x.target, 'schema', x.nspname, 'table', x.relname, 'part', x.part, 'text', d.description) FROM (
	SELECT 'pg_class'::regclass AS class, c.oid, 0 AS sub, format('TABLE %I.%I', n.nspname, c.relname) AS target, n.nspname, c.relname, '' AS part
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + userTables + `
	UNION ALL SELECT 'pg_class'::regclass, c.oid, a.attnum, format('COLUMN %I.%I.%I', n.nspname, c.relname, a.attname), n.nspname, c.relname, 'column ' || a.attname
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE ` + userTables + `
	UNION ALL SELECT 'pg_constraint'::regclass, k.oid, 0, format('CONSTRAINT %I ON %I.%I', k.conname, n.nspname, c.relname), n.nspname, c.relname, 'constraint ' || k.conname
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint k ON k.conrelid = c.oid WHERE ` + userTables + `
	UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, 0, format('INDEX %I.%I', n.nspname, ic.relname), n.nspname, c.relname,
		coalesce('constraint ' || (SELECT k.conname FROM pg_constraint k WHERE k.conindid = ic.oid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')), 'index ' || ic.relname)
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class ic ON ic.oid = i.indexrelid WHERE ` + userTables + `
	UNION ALL SELECT 'pg_class'::regclass, c.oid, 0, format('SEQUENCE %I.%I', n.nspname, c.relname), '', '', ''
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND ` + userSchema + `
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('i', 'e'))
	UNION ALL SELECT 'pg_type'::regclass, t.oid, 0, format('TYPE %I.%I', n.nspname, t.typname), '', '', ''
	FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r', 'c') AND ` + userSchema + `
) x JOIN pg_description d ON d.classoid = x.class AND d.objoid = x.oid AND d.objsubid = x.sub
ORDER BY x.target`

type catNote struct{ On, Schema, Table, Part, Text string }

// schemasQuery gives the schemas that somebody made.
var schemasQuery = `
SELECT 0, to_json(n.nspname::text) FROM pg_namespace n WHERE ` + userSchema + ` AND n.nspname <> 'public' AND ` + own("n.oid") + ` ORDER BY n.nspname`

// othersQuery counts what is not compared.
var othersQuery = `
SELECT 0, json_build_object(
	'views', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND ` + userSchema + ` AND ` + own("c.oid") + `),
	'materialized views', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND ` + userSchema + ` AND ` + own("c.oid") + `),
	'foreign tables', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' AND ` + userSchema + ` AND ` + own("c.oid") + `),
	'functions and procedures', (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ` + userSchema + ` AND p.proname !~ '_sf_' AND ` + own("p.oid") + `),
	'triggers', (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT t.tgisinternal AND t.tgname !~ '_sf_' AND ` + userSchema + `),
	'rules', (SELECT count(*) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN' AND ` + userSchema + `),
	'policies and row security', (SELECT count(*) FROM pg_policy p) + (SELECT count(*) FROM pg_class WHERE relrowsecurity),
	'extended statistics', (SELECT count(*) FROM pg_statistic_ext WHERE stxname !~ '_sf_'),
	'publications', (SELECT count(*) FROM pg_publication),
	'extensions', (SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'),
	'collations', (SELECT count(*) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE ` + userSchema + ` AND ` + own("c.oid") + `),
	'owners and grants', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL AND ` + userSchema + ` AND ` + own("c.oid") + `))`

// readObjects fills in what stands beside the tables.
func (db *Database) readObjects(ctx context.Context, tx querier, s *schema.Schema, c *catalog) error {
	if err := query(ctx, tx, shapesQuery, func(oid uint32, sh shape) { c.shapes[oid] = sh }); err != nil {
		return err
	}
	add := func(list ...schema.Object) { s.Objects = append(s.Objects, list...) }
	if err := query(ctx, tx, schemasQuery, func(_ uint32, name string) { add(schemaObject(name)) }); err != nil {
		return err
	}
	if err := query(ctx, tx, typesQuery, func(_ uint32, t catType) { add(t.object()) }); err != nil {
		return err
	}
	if err := query(ctx, tx, freeSequencesQuery, func(_ uint32, q catSequence) { add(q.objects()...) }); err != nil {
		return err
	}
	for _, oid := range c.order {
		add(c.dressing(oid)...)
	}
	if err := query(ctx, tx, commentsQuery, func(_ uint32, n catNote) { add(n.object()) }); err != nil {
		return err
	}
	return query(ctx, tx, othersQuery, func(_ uint32, n map[string]int) { s.Others = n })
}

// shaped puts into a table what its shape says.
func (c *catalog) shaped(oid uint32, t *schema.Table) {
	sh := c.shapes[oid]
	for _, p := range sh.Parents {
		t.Parents = append(t.Parents, schema.Name{Schema: p[0], Table: p[1]})
	}
	for i := range t.Columns {
		t.Columns[i].Inherited = contains(sh.Columns, t.Columns[i].Name)
		t.Columns[i].Merged = contains(sh.Merged, t.Columns[i].Name)
		t.Columns[i].Numbers = sh.Numbers[t.Columns[i].Name]
	}
	for i := range t.Constraints {
		t.Constraints[i].Inherited = contains(sh.Constraints, t.Constraints[i].Name)
		t.Constraints[i].Merged = contains(sh.MergedConstraints, t.Constraints[i].Name)
	}
	for i := range t.Indexes {
		t.Indexes[i].Inherited = contains(sh.Indexes, t.Indexes[i].Name)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// labels reads the labels that an enum's definition holds as JSON.
func labels(definition string) []string {
	var out []string
	_ = json.Unmarshal([]byte(definition), &out) // another type's definition has none
	return out
}
