package load

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

// Definition is all that the catalog says of a table, one fact a line in a fixed
// order, with the table's own name replaced by T, so that the definitions of two
// tables can be compared: columns, types, defaults, identity, constraints and
// indexes with their names, comments, triggers, storage options, owner and
// rights. Counters (the next AUTO_INCREMENT, the last value of a sequence) are
// left out: they follow from the rows.
func Definition(ctx context.Context, db *sql.DB, engine, table string) (string, error) {
	var text string
	var err error
	switch engine {
	case Postgres:
		text, err = lines(ctx, db, postgresDefinition, quote(engine, table))
	case SQLite:
		text, err = lines(ctx, db, "SELECT type || ' ' || name || ': ' || sql FROM sqlite_master "+
			"WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC, name", table)
	default:
		text, err = mysqlDefinition(ctx, db, table)
	}
	if err == nil && text == "" {
		err = fmt.Errorf("no such table")
	}
	if err != nil {
		return "", fmt.Errorf("definition of %s: %w", table, err)
	}
	return neutral(text, table), nil
}

// lines joins the rows of a query of one text column.
func lines(ctx context.Context, db *sql.DB, query string, args ...any) (string, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var line sql.NullString
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		b.WriteString(line.String + "\n")
	}
	return b.String(), rows.Err()
}

var autoIncrement = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

func mysqlDefinition(ctx context.Context, db *sql.DB, table string) (string, error) {
	var name, text string
	if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE "+quote(MySQL, table)).Scan(&name, &text); err != nil {
		return "", err
	}
	triggers, err := lines(ctx, db, "SELECT CONCAT('trigger ', TRIGGER_NAME, ' ', ACTION_TIMING, ' ', EVENT_MANIPULATION, "+
		"': ', ACTION_STATEMENT) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() "+
		"AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME", table)
	return autoIncrement.ReplaceAllString(text, "") + "\n" + triggers, err
}

// neutral replaces the table's name, alone or as the beginning of another name,
// and the quotes around it, which some engines add when they rename.
func neutral(text, table string) string {
	name := regexp.QuoteMeta(table)
	text = regexp.MustCompile("[`\"]"+name+"[`\"]").ReplaceAllString(text, "T")
	text = regexp.MustCompile(`\b`+name+`(_|\b)`).ReplaceAllString(text, "T$1")
	return text
}

// postgresDefinition reads the catalog, $1 is the table. Sequences are those
// the table's columns own.
const postgresDefinition = `
WITH t AS (SELECT c.* FROM pg_class c WHERE c.oid = $1::text::regclass)
SELECT line FROM (
  SELECT 1 AS part, ''::text AS name, format('table kind %s, persistence %s, replica identity %s, row security %s %s, owner %s, rights %s, options %s',
    t.relkind, t.relpersistence, t.relreplident, t.relrowsecurity, t.relforcerowsecurity, t.relowner::regrole,
    coalesce(t.relacl::text, '-'), coalesce(t.reloptions::text, '-')) AS line FROM t
  UNION ALL
  SELECT 2, lpad((row_number() OVER (ORDER BY a.attnum))::text, 5, '0'),
    format('column %s %s, collation %s, not null %s, default %s, identity %s, generated %s, storage %s, compression %s, statistics %s, options %s, rights %s',
    a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attcollation = 0 THEN '-' ELSE a.attcollation::regcollation::text END,
    a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), '-'), a.attidentity, a.attgenerated, a.attstorage, a.attcompression,
    coalesce(a.attstattarget, -1), coalesce(a.attoptions::text, '-'), coalesce(a.attacl::text, '-'))
  FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT 3, c.conname, format('constraint %s: %s, validated %s', c.conname, pg_get_constraintdef(c.oid), c.convalidated)
  FROM t JOIN pg_constraint c ON c.conrelid = t.oid
  UNION ALL
  SELECT 4, c.conname, format('referenced by %s.%s: %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
  FROM t JOIN pg_constraint c ON c.confrelid = t.oid
  UNION ALL
  SELECT 5, i.indexrelid::regclass::text, format('index %s, valid %s, replica identity %s, clustered %s', pg_get_indexdef(i.indexrelid),
    i.indisvalid, i.indisreplident, i.indisclustered)
  FROM t JOIN pg_index i ON i.indrelid = t.oid
  UNION ALL
  SELECT 6, s.relname, format('sequence %s of %s: type %s start %s increment %s min %s max %s cache %s cycle %s', s.relname, a.attname,
    q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)
  FROM t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid > 0 AND d.classid = 'pg_class'::regclass
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_sequence q ON q.seqrelid = s.oid
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
  UNION ALL
  SELECT 7, g.tgname, format('trigger %s, enabled %s', pg_get_triggerdef(g.oid), g.tgenabled)
  FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
  UNION ALL
  SELECT 8, lpad(d.objsubid::text, 5, '0'), format('comment on %s: %s',
    coalesce((SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = d.objsubid AND d.objsubid > 0), 'table'), d.description)
  FROM t JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = t.oid
  UNION ALL
  SELECT 9, i.indexrelid::regclass::text, format('comment on index %s: %s', i.indexrelid::regclass, d.description)
  FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid
  UNION ALL
  SELECT 10, c.conname, format('comment on constraint %s: %s', c.conname, d.description)
  FROM t JOIN pg_constraint c ON c.conrelid = t.oid JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.oid
  UNION ALL
  SELECT 11, p.polname, format('policy %s: %s %s %s using %s check %s', p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
    coalesce(pg_get_expr(p.polqual, p.polrelid), '-'), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'))
  FROM t JOIN pg_policy p ON p.polrelid = t.oid
) facts ORDER BY part, name COLLATE "C"`
