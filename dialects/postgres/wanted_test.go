package postgres

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/conform/servers"
)

// described is the whole schema in the server's words, columns by name.
const described = `
SELECT line FROM (
	SELECT format('%s %s: kind %s, persistence %s, options %s, comment %s, replica %s, partition %s by %s, parents %s, cluster %s', n.nspname, c.relname, c.relkind, c.relpersistence,
		(SELECT array_agg(o ORDER BY o) FROM unnest(c.reloptions || (SELECT tc.reloptions FROM pg_class tc WHERE tc.oid = c.reltoastrelid)) o), obj_description(c.oid, 'pg_class'), c.relreplident, pg_get_expr(c.relpartbound, c.oid),
		CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
		(SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
		(SELECT string_agg(i.indexrelid::regclass::text, ',') FROM pg_index i WHERE i.indrelid = c.oid AND i.indisclustered)) AS line
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information|^surefoot'
	UNION ALL SELECT format('%s.%s: %s, null %s, default %s, generated %s, identity %s %s, collation %s, storage %s, compression %s, target %s, options %s, inherited %s, comment %s', c.oid::regclass, a.attname,
		format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity,
		(SELECT format('%s %s %s %s %s %s %s', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle) || x.objid::regclass::text FROM pg_depend x JOIN pg_sequence s ON s.seqrelid = x.objid
			WHERE x.refobjid = c.oid AND x.refobjsubid = a.attnum AND x.deptype = 'i'),
		a.attcollation::regcollation, a.attstorage, a.attcompression, nullif(a.attstattarget, -1), a.attoptions, a.attinhcount, col_description(c.oid, a.attnum))
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
	WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information|^surefoot'
	UNION ALL SELECT format('constraint %s of %s: %s, valid %s, inherited %s, comment %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid), k.convalidated, k.coninhcount, obj_description(k.oid, 'pg_constraint'))
	FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype <> 't' AND n.nspname !~ '^pg_|^information|^surefoot'
	UNION ALL SELECT format('index %s: %s, valid %s, replica %s, comment %s', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisreplident, obj_description(i.indexrelid, 'pg_class'))
	FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_|^information|^surefoot'
	UNION ALL SELECT format('type %s: %s %s, comment %s', t.oid::regtype, t.typtype, (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), obj_description(t.oid, 'pg_type'))
	FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r') AND n.nspname !~ '^pg_|^information|^surefoot'
	UNION ALL SELECT format('sequence %s: %s %s %s %s %s %s %s, owner %s, comment %s', c.oid::regclass, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
		(SELECT format('%s.%s', x.refobjid::regclass, x.refobjsubid > 0) FROM pg_depend x WHERE x.objid = c.oid AND x.deptype IN ('a', 'i')), obj_description(c.oid, 'pg_class'))
	FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_|^information|^surefoot'
) x ORDER BY line`

func describe(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, described)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		b.WriteString(line + "\n")
	}
	return b.String(), rows.Err()
}

func TestWanted(t *testing.T) {
	if !servers.Everything() {
		t.Skip("it takes minutes: make test-all runs it")
	}
	for _, version := range servers.Versions("postgres") {
		major, err := strconv.Atoi(version)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(version, func(t *testing.T) {
			conform.Wanted(t, engineOf(version), describe, slices.Concat(wantedPairs(major), conform.Copied(wantedPairs(major))))
		})
	}
}
