package sqlite

import (
	"strings"

	"surefoot/schema"
)

// Portrait gives the query that describes a table and what refers to it, one line a row: see
// plan.PortraitDiff. SQLite keeps definitions as texts, so these are what it compares: the
// table's, those of its indexes and triggers, and of whatever else names it. What a run itself
// makes is left out.
func (d *Dialect) Portrait(table schema.Name) string {
	return portraitOf(table.Table)
}

func portraitOf(table string) string {
	return strings.ReplaceAll(portrait, "{table}", literal(table))
}

const portrait = `WITH x AS (
	SELECT type, name, tbl_name, sql, tbl_name = {table} COLLATE NOCASE AS own, instr(lower(sql), lower({table})) > 0 AS names FROM sqlite_schema
	WHERE sql IS NOT NULL AND name NOT LIKE 'surefoot\_%' ESCAPE '\' AND name NOT GLOB '*_sf_new' AND name NOT GLOB '*_sf_old' AND name NOT GLOB '*_sf_edit'
	AND name NOT GLOB '*_sf_log*' AND name NOT GLOB '*_sf_rev*' AND name NOT GLOB '*_sf_sync*'
)
SELECT type || CASE WHEN type = 'table' THEN '' ELSE ' ' || name END || ': ' || sql AS line FROM x WHERE own
UNION ALL
SELECT type || ' ' || name || CASE WHEN type = 'trigger' THEN ' on ' || tbl_name ELSE '' END || ': ' || sql FROM x WHERE NOT own AND names AND type IN ('view', 'trigger')
UNION ALL
SELECT 'foreign key of ' || x.name || ': ' || group_concat(f."from" || ' references ' || coalesce(f."to", 'the key') || ' on update ' || f.on_update || ' on delete ' || f.on_delete, ', ')
FROM x, pragma_foreign_key_list(x.name) f WHERE NOT x.own AND x.names AND x.type = 'table' AND f."table" = {table} COLLATE NOCASE GROUP BY x.name, f.id`
